#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace lifeline {

// Half of what an integer holds: the difference of two such sums fits, too.
inline constexpr std::int64_t sum_max = std::numeric_limits<std::int64_t>::max() / 2;

// For sums of what others say: they stop at sum_max, either way, and never wrap. Whoever charges
// has refused long before.
constexpr std::int64_t bounded_sum(std::int64_t left, std::int64_t right) {
    const auto within = [](std::int64_t number) { return std::clamp(number, -sum_max, sum_max); };
    return within(within(left) + within(right));
}

}  // namespace lifeline
