#pragma once

#include <cstdint>

#include "pricing/card.h"

// What a quantity costs, said another way: each base unit by itself, in order, and nothing rounded.
// It shares no line with rate.cpp, and only small quantities have the time for it.
namespace lifeline::pricing::model {

// Exact: numerator over the item's `per`.
inline Int128 exact(const Item& item, std::int64_t quantity) {
    Int128 numerator = 0;
    for (std::int64_t unit = 1; unit <= quantity; ++unit) {
        const std::int64_t billable = unit - item.included;
        if (billable <= 0) continue;
        for (const auto& tier : item.tiers) {
            if (tier.up_to && billable > *tier.up_to) continue;
            numerator += tier.unit_nano;
            break;
        }
    }
    return numerator;
}

// The nearest whole number to numerator / denominator, found by looking at those around it.
inline Int128 nearest_even(Int128 numerator, Int128 denominator) {
    Int128 best = numerator / denominator - 2;
    const auto distance = [&](Int128 whole) {
        const Int128 off = numerator - whole * denominator;
        return off < 0 ? -off : off;
    };
    for (Int128 whole = best + 1; whole <= numerator / denominator + 2; ++whole)
        if (distance(whole) < distance(best) ||
            (distance(whole) == distance(best) && whole % 2 == 0))
            best = whole;
    return best;
}

inline Int128 amount(const Item& item, std::int64_t quantity) {
    return nearest_even(exact(item, quantity), item.per);
}

}  // namespace lifeline::pricing::model
