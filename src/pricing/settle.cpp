#include "pricing/settle.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "contract/reason.h"
#include "pricing/rate.h"

namespace lifeline::pricing {

namespace {

constexpr int nano_digits = 9;

}  // namespace

Result<Settled> settle(std::span<const Int128> nano, int minor_digits) {
    CHECK(minor_digits >= 0 && minor_digits <= nano_digits);
    Int128 unit = 1;
    for (int i = minor_digits; i < nano_digits; ++i) unit *= 10;

    Settled settled;
    Int128 exact = 0;
    Int128 lacking = 0;
    std::vector<Int128> remainders;
    for (const Int128 line : nano) {
        const auto sum = add(exact, line);
        if (!sum)
            return contract::refuse(contract::reason::out_of_range,
                                    "the lines sum to more than can be counted");
        exact = *sum;
        const Int128 rest = line % unit < 0 ? line % unit + unit : line % unit;
        remainders.push_back(rest);
        settled.lines.push_back((line - rest) / unit);
        lacking -= settled.lines.back();
    }
    settled.total = divide_half_even(exact, unit);
    lacking += settled.total;

    std::vector<std::size_t> order(nano.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t one, std::size_t other) {
        if (remainders[one] != remainders[other]) return remainders[one] > remainders[other];
        return one < other;
    });
    for (const std::size_t line : order) {
        if (lacking == 0) break;
        ++settled.lines[line];
        --lacking;
    }
    CHECK(lacking == 0);
    return settled;
}

}  // namespace lifeline::pricing
