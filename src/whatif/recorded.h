#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "contract/event.h"

namespace lifeline::whatif {

// One event as the journal has it. What it refers to lives as long as it is taken.
struct Recorded {
    std::string_view stream;
    std::uint64_t seq = 0;
    std::string_view actor_id;
    WallTime at;                             // When it was recorded, in the server's word.
    const contract::Event* event = nullptr;  // Null: it was erased.
};

}  // namespace lifeline::whatif
