#include "pricing/rate.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "contract/reason.h"

namespace lifeline::pricing {

namespace {

std::unexpected<Error> too_large() {
    return contract::refuse(contract::reason::out_of_range,
                            "the amount or the quantity is larger than can be counted");
}

// Where the tier ends, counted as the month counts: with what is included.
std::int64_t end_of(const Item& item, const Tier& tier) {
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    if (!tier.up_to) return last;
    return add_quantity(item.included, *tier.up_to).value_or(last);
}

}  // namespace

Int128 divide_half_even(Int128 numerator, Int128 denominator) {
    CHECK(denominator > 0);
    Int128 whole = numerator / denominator;
    Int128 rest = numerator % denominator;
    if (rest < 0) {  // Towards minus infinity, so that the rest is above 0.
        rest += denominator;
        --whole;
    }
    const Int128 missing = denominator - rest;
    if (rest > missing || (rest == missing && whole % 2 != 0)) ++whole;
    return whole;
}

Result<Int128> amount_of(const Item& item, std::int64_t quantity) {
    Int128 numerator = 0;  // Of `per`.
    std::int64_t begin = item.included;
    for (const auto& tier : item.tiers) {
        if (quantity <= begin) break;
        const std::int64_t end = std::min(quantity, end_of(item, tier));
        const auto price = multiply(end - begin, tier.unit_nano);
        const auto sum = price ? add(numerator, *price) : std::nullopt;
        if (!sum) return too_large();
        numerator = *sum;
        begin = end;
    }
    return divide_half_even(numerator, item.per);
}

Result<Int128> amount_between(const Item& item, std::int64_t before, std::int64_t after) {
    const auto from = amount_of(item, before);
    if (!from) return from;
    const auto to = amount_of(item, after);
    if (!to) return to;
    const auto difference = subtract(*to, *from);
    if (!difference) return too_large();
    return *difference;
}

Result<std::vector<Part>> parts_between(const Item& item, std::int64_t before, std::int64_t after) {
    const auto [low, high] = std::minmax(before, after);
    std::vector<Part> parts;
    std::int64_t at = low;
    const auto cut = [&](std::optional<std::size_t> tier, std::int64_t end) -> Status {
        end = std::min(end, high);
        if (end <= at) return {};
        const auto amount =
            after >= before ? amount_between(item, at, end) : amount_between(item, end, at);
        if (!amount) return fail(amount.error());
        const auto quantity = subtract(end, at);
        if (!quantity || *quantity > std::numeric_limits<std::int64_t>::max()) return too_large();
        const auto size = static_cast<std::int64_t>(*quantity);
        parts.push_back({tier, after >= before ? size : -size, *amount});
        at = end;
        return {};
    };
    if (const auto done = cut(std::nullopt, item.included); !done) return fail(done.error());
    for (std::size_t i = 0; i < item.tiers.size(); ++i)
        if (const auto done = cut(i, end_of(item, item.tiers[i])); !done) return fail(done.error());
    return parts;
}

Result<std::vector<RatedHour>> rate_month(std::span<const Hour> hours) {
    std::vector<RatedHour> rated;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < hours.size(); ++i) {
        const auto& hour = hours[i];
        CHECK(i == 0 || hours[i - 1].window < hour.window);
        CHECK(month_of(hours.front().window) == month_of(hour.window));
        const auto after = add_quantity(before, hour.quantity);
        if (!after) return too_large();
        Int128 amount = 0;
        if (hour.item != nullptr) {
            const auto difference = amount_between(*hour.item, before, *after);
            if (!difference) return fail(difference.error());
            amount = *difference;
        }
        rated.push_back({before, amount});
        before = *after;
    }
    return rated;
}

Result<Int128> minimum_due(const Item& item, std::int64_t quantity, Int128 amount) {
    if (quantity <= 0 || amount >= item.minimum_nano) return Int128{0};
    const auto due = subtract(item.minimum_nano, amount);
    if (!due) return too_large();
    return *due;
}

}  // namespace lifeline::pricing
