#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "contract/actor.h"
#include "contract/event.h"

namespace lifeline::explain {

// One event of a call as the journal has it. What it refers to lives as long as it is taken.
struct Recorded {
    std::uint64_t seq = 0;
    std::string_view event_id;
    const contract::Actor& actor;
    std::string_view cause;                  // The eventId that led to it; may be empty.
    WallTime at;                             // When it was recorded, in the server's word.
    const contract::Event* event = nullptr;  // Null: it was erased.
};

}  // namespace lifeline::explain
