#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/window.h"
#include "metering/usage_tick.h"

namespace lifeline::metering {

// Which usage records, by what they are of. Empty: any.
struct UsageQuery {
    std::string account_id = {};
    std::string session_id = {};
    std::string meter = {};
    std::optional<Window> from = {};  // Hours of the service, from this one on,
    std::optional<Window> to = {};    // up to this one, not included.
    std::string after = {};  // Records after this one, by their hours, in each as they came.
    std::size_t limit = 100;
};

// A usage record as it was written.
struct UsageRow {
    std::string record_id;
    std::string session_id;
    std::string account_id;
    std::uint64_t seq = 0;       // Of its event in the call.
    std::uint64_t position = 0;  // In the journal: whether it came before its hour was closed.
    Window hour;
    std::string payload_json;  // Of its event, signed.
};

// What a call has used so far, for showing only.
struct LiveUsage {
    std::string session_id;
    std::int64_t duration_ms = 0;
    std::vector<UsageTick> ticks;
};

}  // namespace lifeline::metering
