#pragma once

#include <cstddef>

#include "money/house.h"

namespace lifeline::money {

struct Written {
    std::size_t calls = 0;
    std::size_t records = 0;
    std::size_t charges = 0;
};

// Hours of calls, 64 at once, until the journal has so many events; and all that the server writes
// of them: ticks, usage records, closed hours, charges.
Written write_history(House& house, std::size_t events);

}  // namespace lifeline::money
