#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "contract/event.h"
#include "metering/call_usage.h"

namespace lifeline::metering {

// One event that means something for metering, as it stands in the journal.
struct Happening {
    std::string stream;
    std::uint64_t seq = 0;
    std::uint64_t position = 0;
    Moment at;
    // The event before it in the journal, of whatever stream: until then the server lived. Nothing
    // when that was not read together with it.
    std::optional<Moment> before;
    Digest bytes{};
    contract::Event event;
};

// Whether an event may be one, without parsing it.
bool may_concern(std::string_view bytes);

}  // namespace lifeline::metering
