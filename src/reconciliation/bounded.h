#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bounded_sum.h"
#include "pricing/int128.h"

namespace lifeline::reconciliation {

// Sums of what layers say stop here, either way: the difference of two still has no more digits
// than an amount may have on the wire. A layer that says more than that differs from one that
// refused it.
inline constexpr pricing::Int128 amount_sum_max =
    pricing::Int128(4'900'000'000'000'000'000) * 10'000'000'000'000'000'000ULL;

constexpr pricing::Int128 bounded(pricing::Int128 amount) {
    return std::clamp(amount, -amount_sum_max, amount_sum_max);
}
constexpr std::int64_t bounded(std::int64_t quantity) {
    return bounded_sum(quantity, 0);
}
// Of two that are bounded.
constexpr pricing::Int128 bounded_sum(pricing::Int128 left, pricing::Int128 right) {
    return bounded(bounded(left) + bounded(right));
}
using lifeline::bounded_sum;

}  // namespace lifeline::reconciliation
