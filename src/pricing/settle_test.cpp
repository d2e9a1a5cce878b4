#include "pricing/settle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "pricing/test_cards.h"
#include "pricing/test_model.h"

namespace lifeline::pricing {
namespace {

using Rule = std::function<Settled(const std::vector<Int128>&, int)>;

Settled rule_of_the_room(const std::vector<Int128>& lines, int digits) {
    return settle(lines, digits).value();
}

Int128 unit_of(int digits) {
    Int128 unit = 1'000'000'000;
    for (int i = 0; i < digits; ++i) unit /= 10;
    return unit;
}

// Fractions of a unit that meet often, so that there are ties.
std::vector<Int128> random_lines(Random& random, int digits) {
    std::vector<Int128> lines(random.below(9));
    for (auto& line : lines) {
        const auto whole = static_cast<Int128>(random.below(2000)) - 900;
        line = whole * unit_of(digits);
        if (random.below(4) == 0) continue;
        line += random.below(3) == 0
                    ? static_cast<Int128>(random.below(1'000'000'000)) % unit_of(digits)
                    : static_cast<Int128>(random.below(20)) * unit_of(digits) / 20;
    }
    return lines;
}

// The units that rounding down leaves go to the largest remainders, of equal ones to the first:
// said by looking, for each unit, for the line that has most to get.
std::vector<Int128> model_lines(const std::vector<Int128>& lines, Int128 total, Int128 unit) {
    std::vector<Int128> settled;
    Int128 sum = 0;
    for (const Int128 line : lines) {
        Int128 down = line / unit;
        if (down * unit > line) --down;
        settled.push_back(down);
        sum += down;
    }
    for (; sum < total; ++sum) {
        std::size_t most = 0;
        for (std::size_t i = 1; i < lines.size(); ++i)
            if (lines[i] - settled[i] * unit > lines[most] - settled[most] * unit) most = i;
        ++settled[most];
    }
    return settled;
}

std::string fault_of(const Rule& rule, std::uint64_t seed) {
    SeededRandom random(seed);
    constexpr int all_digits[] = {0, 2, 3, 4};
    const int digits = all_digits[random.below(4)];
    const auto lines = random_lines(random, digits);
    const auto settled = rule(lines, digits);
    const Int128 unit = unit_of(digits);
    Int128 exact = 0, sum = 0;
    if (settled.lines.size() != lines.size()) return "a line is lost";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        exact += lines[i];
        sum += settled.lines[i];
        const Int128 off = settled.lines[i] * unit - lines[i];
        if (off >= unit || off <= -unit) return "a line is a unit off";
        if (lines[i] % unit == 0 && off != 0) return "a line that was exact is not";
    }
    if (sum != settled.total) return "the lines do not sum to the total";
    if (settled.total != model::nearest_even(exact, unit)) return "the total is not the nearest";
    if (settled.lines != model_lines(lines, settled.total, unit))
        return "a unit went to another line";
    return {};
}

TEST(Settle, LinesSumToTheNearestTotal) {
    for (std::uint64_t seed = 0; seed < 10'000; ++seed)
        ASSERT_EQ(fault_of(rule_of_the_room, seed), "") << "seed " << seed;
}

TEST(Settle, EachMistakeIsFound) {
    const auto by_line = [](const std::vector<Int128>& lines, int digits, auto round) {
        Settled settled;
        for (const Int128 line : lines) settled.lines.push_back(round(line, unit_of(digits)));
        for (const Int128 line : settled.lines) settled.total += line;
        return settled;
    };
    struct Mistake {
        const char* name;
        Rule rule;
    };
    const Mistake mistakes[] = {
        {"each line is rounded",
         [&](const auto& lines, int digits) {
             return by_line(lines, digits, model::nearest_even);
         }},
        {"each line is cut off",
         [&](const auto& lines, int digits) {
             return by_line(lines, digits, [](Int128 line, Int128 unit) { return line / unit; });
         }},
        {"lines are rounded, the total too, and nobody compares",
         [&](const auto& lines, int digits) {
             auto settled = by_line(lines, digits, model::nearest_even);
             settled.total = rule_of_the_room(lines, digits).total;
             return settled;
         }},
        {"the rest goes to the last line",
         [&](const auto& lines, int digits) {
             auto settled =
                 by_line(lines, digits, [](Int128 line, Int128 unit) { return line / unit; });
             const Int128 total = rule_of_the_room(lines, digits).total;
             if (!lines.empty()) settled.lines.back() += total - settled.total;
             settled.total = lines.empty() ? 0 : total;
             return settled;
         }},
        {"of equal remainders the last",
         [&](auto lines, int digits) {
             std::ranges::reverse(lines);
             auto settled = rule_of_the_room(lines, digits);
             std::ranges::reverse(settled.lines);
             return settled;
         }},
        {"cents of every currency",
         [&](const auto& lines, int) { return rule_of_the_room(lines, 2); }},
    };
    for (const auto& [name, rule] : mistakes) {
        std::uint64_t found = 0;
        for (std::uint64_t seed = 0; seed < 500; ++seed)
            found += fault_of(rule, seed).empty() ? 0 : 1;
        EXPECT_GT(found, 10u) << name;
    }
}

TEST(Settle, IsWhatIsPaidInEachCurrency) {
    constexpr Int128 milli = 1'000'000;
    struct Case {
        const char* name;
        std::vector<Int128> lines;
        int digits;
        std::vector<Int128> settled;
        int total;
    };
    for (const auto& [name, lines, digits, settled, total] : {
             Case{"thirds of a cent", {3'333'333, 3'333'333, 3'333'334}, 2, {0, 0, 1}, 1},
             Case{"a tie goes to the first", {5 * milli, 5 * milli}, 2, {1, 0}, 1},
             Case{"half a cent is even", {5 * milli}, 2, {0}, 0},
             Case{"one and a half is even", {15 * milli}, 2, {2}, 2},
             Case{"minus half a cent is even", {-5 * milli}, 2, {0}, 0},
             Case{"goodwill", {104 * milli, -5000 * milli}, 2, {10, -500}, -490},
             Case{"yen have no digits", {500 * milli, 500 * milli, 500 * milli}, 0, {1, 1, 0}, 2},
             Case{"dinars have three", {1'500'000, 1'500'000}, 3, {2, 1}, 3},
             Case{"one nano-unit", {1}, 2, {0}, 0},
             Case{"nothing", {}, 2, {}, 0},
         }) {
        SCOPED_TRACE(name);
        const auto result = settle(lines, digits);
        ASSERT_TRUE(result);
        EXPECT_EQ(result->lines, settled);
        EXPECT_EQ(result->total, Int128{total});
    }
}

TEST(Settle, WhatCannotBeCountedIsRefused) {
    const Int128 most = *parse_int128(std::string(38, '9'));
    EXPECT_TRUE(settle(std::vector<Int128>{most, -most}, 2));
    const auto wrapped = settle(std::vector<Int128>{most, 1}, 2);
    ASSERT_FALSE(wrapped);
    EXPECT_EQ(wrapped.error().reason, "out_of_range");
}

}  // namespace
}  // namespace lifeline::pricing
