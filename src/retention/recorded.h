#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/actor.h"
#include "contract/event.h"

namespace lifeline::retention {

// One event of a stream as the journal has it. Where it is erased, what is left is who wrote it and
// what it was called.
struct Recorded {
    std::uint64_t seq = 0;
    std::string_view event_id;
    const contract::Actor& actor;
    std::string_view cause;
    WallTime at;                             // When it was recorded.
    const contract::Event* event = nullptr;  // Null when erased.
};

}  // namespace lifeline::retention
