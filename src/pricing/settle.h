#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "pricing/int128.h"

namespace lifeline::pricing {

// What is paid: minor units of the currency, cents of EUR and whole yen of JPY.
struct Settled {
    std::vector<Int128> lines = {};
    Int128 total = 0;
};

// Nano-units to minor units, once for a whole document. The total is the exact sum, rounded half to
// even. Lines are rounded down, and what they then lack goes, one unit each, to those of the
// largest remainders, of equal ones to the first. So lines sum to the total, each is less than one
// unit from exact, and one that is exact stays so. Lines may be negative.
Result<Settled> settle(std::span<const Int128> nano, int minor_digits);

}  // namespace lifeline::pricing
