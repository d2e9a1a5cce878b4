#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/card.h"
#include "pricing/int128.h"

// What a quantity costs. R(q), the amount of a month's first q base units, is exact until its last
// step, where it is rounded half to even, to one nano-unit. Whatever is between two quantities of a
// month costs the difference of their R. So the amounts of hours sum to R of the month's quantity,
// however it was cut.
namespace lifeline::pricing {

// R(q): graduated tiers over what comes after the included quantity. Below that it is 0.
Result<Int128> amount_of(const Item& item, std::int64_t quantity);

// R(after) - R(before): what takes a month from one quantity to the other.
Result<Int128> amount_between(const Item& item, std::int64_t before, std::int64_t after);

// What of that was for which price. The parts' amounts sum to amount_between: each is a difference
// of R itself.
struct Part {
    std::optional<std::size_t> tier = {};  // Nothing: included.
    std::int64_t quantity = 0;
    Int128 amount = 0;
    friend bool operator==(const Part&, const Part&) = default;
};
Result<std::vector<Part>> parts_between(const Item& item, std::int64_t before, std::int64_t after);

// An hour's quantity of one item, and the item of the card's version in force in that hour; null:
// unpriced then.
struct Hour {
    Window window;
    std::int64_t quantity = 0;
    const Item* item = nullptr;
};
struct RatedHour {
    std::int64_t before = 0;  // What the month had before it.
    Int128 amount = 0;
};
// The hours of one month, ascending, of one item's name: it counts through the month whatever the
// version, and each hour is priced by its own version at the place where it stands.
Result<std::vector<RatedHour>> rate_month(std::span<const Hour> hours);

// What a month lacks to the item's minimum, when it was used at all.
Result<Int128> minimum_due(const Item& item, std::int64_t quantity, Int128 amount);

// The nearest whole number; the even one of two that are as near. `denominator` is above 0.
Int128 divide_half_even(Int128 numerator, Int128 denominator);

}  // namespace lifeline::pricing
