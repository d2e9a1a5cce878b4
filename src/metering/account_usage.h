#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/window.h"
#include "metering/usage_record.h"

namespace lifeline::metering {

// What of an account is asked for: its hours from one on, and its calls that something is open of,
// or that are named.
struct AccountQuery {
    std::string account_id;
    Window from = Window::min();
    std::vector<std::string> sessions = {};
    // What became due behind this position, of other calls than those, is asked for, too.
    std::optional<std::uint64_t> after = {};
};

// What an account used by now, recorded or not yet, as it is or would be charged.
struct AccountUsage {
    struct Part {
        std::string meter;
        Dims dims = {};
        Window hour;
        std::int64_t quantity = 0;
    };
    struct Call {
        std::string session_id;
        bool running = false;
        bool over = false;
        std::vector<Part> parts = {};
    };
    std::vector<Call> calls = {};
    std::vector<Part> hours = {};
    std::vector<Call> late = {};  // With no more than what is late.
    std::uint64_t up_to = 0;      // All that became due by this position is in it.
};

}  // namespace lifeline::metering
