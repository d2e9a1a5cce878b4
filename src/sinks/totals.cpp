#include "sinks/totals.h"

#include <fmt/format.h>

namespace lifeline::sinks {

namespace {

// Two to the power of this are looked at; more of them in one hour nobody untangles.
constexpr std::size_t others_max = 12;

bool some_of_them_are(std::span<const std::int64_t> others, std::int64_t sum) {
    for (std::uint32_t which = 0; which < (1U << others.size()); ++which) {
        std::int64_t left = sum;
        for (std::size_t i = 0; i < others.size(); ++i)
            if ((which >> i & 1U) != 0) left -= others[i];
        if (left == 0) return true;
    }
    return false;
}

}  // namespace

Found judge_sum(const Found& found, std::int64_t known, std::int64_t quantity,
                std::span<const std::int64_t> others) {
    using What = Found::What;
    if (found.what != What::sum) return found;
    if (quantity == 0) return {.what = What::absent};  // Twice nothing is nothing.
    if (others.size() <= others_max) {
        const bool without = some_of_them_are(others, found.sum - known);
        const bool with = some_of_them_are(others, found.sum - known - quantity);
        if (with != without) return {.what = with ? What::present : What::absent};
    }
    return {.what = What::unclear,
            .message = fmt::format("its sum of the hour is {}, of which {} are known, and this one "
                                   "is {}; {} others may be there too",
                                   found.sum, known, quantity, others.size())};
}

}  // namespace lifeline::sinks
