#pragma once

#include <cstdint>

namespace lifeline::tools {

// How much work a check may be, in steps of a few nanoseconds. Schemas come from other people's
// servers and arguments from models, so neither decides how long a loop is busy.
struct Budget {
    std::int64_t steps = 2'000'000;

    bool spend(std::int64_t count) {
        steps -= count;
        return steps >= 0;
    }
    bool spent() const { return steps < 0; }
};

}  // namespace lifeline::tools
