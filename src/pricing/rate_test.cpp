#include "pricing/rate.h"

#include <gtest/gtest.h>

#include <limits>

#include "pricing/correction.h"
#include "pricing/test_cards.h"

namespace lifeline::pricing {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

Item item_of(std::int64_t per, std::int64_t included, std::vector<Tier> tiers) {
    return Item{.name = "minutes",
                .meter = "call.duration_ms",
                .match = {},
                .per = per,
                .included = included,
                .tiers = std::move(tiers)};
}

std::string amount(const Item& item, std::int64_t quantity) {
    const auto amount = amount_of(item, quantity);
    return amount ? to_text(*amount) : amount.error().reason;
}

TEST(Rate, DividesHalfToEven) {
    struct Case {
        int numerator, denominator, quotient;
    };
    for (const auto& [numerator, denominator, quotient] :
         {Case{0, 1, 0}, Case{1, 2, 0}, Case{3, 2, 2}, Case{5, 2, 2}, Case{7, 2, 4}, Case{1, 3, 0},
          Case{2, 3, 1}, Case{-1, 2, 0}, Case{-3, 2, -2}, Case{-5, 2, -2}, Case{-1, 3, 0},
          Case{-2, 3, -1}, Case{-7, 7, -1}, Case{10, 4, 2}, Case{-10, 4, -2}, Case{14, 4, 4}})
        EXPECT_EQ(divide_half_even(numerator, denominator), Int128{quotient})
            << numerator << "/" << denominator;
}

// Each row is the death of an implementation that somebody might write.
TEST(Rate, HasTheEdgesOfItsTiersWhereTheCardSays) {
    const auto tiers = item_of(1, 0, {{.up_to = 10, .unit_nano = 100}, {.unit_nano = 1}});
    const auto with_included = item_of(1, 5, {{.up_to = 10, .unit_nano = 100}, {.unit_nano = 1}});
    const auto half = item_of(2, 0, {{.unit_nano = 1}});
    const auto free_end = item_of(1, 0, {{.up_to = 2, .unit_nano = 7}, {.unit_nano = 0}});
    struct Case {
        const char* name;
        const Item& item;
        std::int64_t quantity;
        const char* then;
    };
    for (const auto& [name, item, quantity, then] : {
             Case{"nothing costs nothing", tiers, 0, "0"},
             Case{"upTo is in its tier", tiers, 10, "1000"},
             Case{"the next is in the next", tiers, 11, "1001"},
             Case{"graduated, not by volume", tiers, 20, "1010"},
             Case{"included costs nothing", with_included, 5, "0"},
             Case{"tiers count after what is included", with_included, 15, "1000"},
             Case{"and go on after it", with_included, 16, "1001"},
             Case{"half rounds to even, down", half, 1, "0"},
             Case{"half rounds to even, up", half, 3, "2"},
             Case{"half of five", half, 5, "2"},
             Case{"a tier for nothing", free_end, 1000, "14"},
             Case{"below nothing is nothing", tiers, -3, "0"},
             Case{"below nothing by far", with_included, std::numeric_limits<std::int64_t>::min(),
                  "0"},
         }) {
        SCOPED_TRACE(name);
        EXPECT_EQ(amount(item, quantity), then);
    }
}

// By another calculator, with integers of any length.
TEST(Rate, IsExactAtAnySize) {
    const auto minutes = item_of(
        60000, 600000, {{.up_to = 60000000, .unit_nano = 20000000}, {.unit_nano = 15000001}});
    EXPECT_EQ(amount(minutes, 312000 + 600000), "104000000");
    EXPECT_EQ(amount(minutes, 123456789), "35714198298");
    EXPECT_EQ(amount(minutes, largest), "2305843162941411231653");
    const Int128 dearest = *parse_int128("9999999999999999999");
    EXPECT_EQ(amount(item_of(1, 0, {{.unit_nano = dearest}}), largest),
              "92233720368547758060776627963145224193");
    EXPECT_EQ(amount(item_of(largest, 0, {{.unit_nano = dearest}}), largest),
              "9999999999999999999");
    EXPECT_EQ(amount(item_of(largest, 0, {{.unit_nano = 1}}), largest), "1");
    EXPECT_EQ(amount(item_of(largest, 0, {{.unit_nano = 1}}), largest / 2), "0");
    EXPECT_EQ(amount(item_of(largest, 0, {{.unit_nano = 1}}), largest / 2 + 1), "1");
    // A tier whose end lies beyond what can be counted is the last that is reached.
    EXPECT_EQ(
        amount(item_of(1, largest - 1, {{.up_to = 5, .unit_nano = 3}, {.unit_nano = 9}}), largest),
        "3");
}

// No card has such a price, since parse_card refuses it: whoever makes one by hand gets an error.
TEST(Rate, WhatCannotBeCountedIsAnErrorAndNotANumber) {
    const Int128 most = *parse_int128(std::string(38, '9'));
    const auto item = item_of(1, 0, {{.up_to = 1, .unit_nano = most}, {.unit_nano = most}});
    EXPECT_EQ(amount(item, 1), to_text(most));
    EXPECT_EQ(amount(item, 2), "out_of_range");
    EXPECT_EQ(amount(item, largest), "out_of_range");
    EXPECT_FALSE(amount_between(item, 0, 2));
    EXPECT_FALSE(parts_between(item, 0, 2));
    const std::vector<Hour> hours = {{hour("2026-02-16T10:00Z"), largest, nullptr},
                                     {hour("2026-02-16T11:00Z"), 1, nullptr}};
    EXPECT_FALSE(rate_month(hours));
    EXPECT_FALSE(correction({largest, 0}, {-1, 0}));
    EXPECT_FALSE(correction({0, most}, {0, -1}));
    EXPECT_FALSE(booked_with({0, most}, {0, 1}));
}

TEST(Rate, AnotherVersionGoesOnWhereTheMonthStands) {
    const auto first = item_of(1, 10, {{.up_to = 10, .unit_nano = 100}, {.unit_nano = 50}});
    const auto second = item_of(1, 10, {{.up_to = 30, .unit_nano = 200}, {.unit_nano = 20}});
    const std::vector<Hour> hours = {
        {hour("2026-02-16T10:00Z"), 8, &first},     // 8 of the 10 included
        {hour("2026-02-16T11:00Z"), 7, &first},     // 2 included, 5 at 100
        {hour("2026-02-17T00:00Z"), 10, &second},   // at 16 to 25: all in its first tier
        {hour("2026-02-17T01:00Z"), 3, nullptr},    // unpriced, and counts
        {hour("2026-02-17T02:00Z"), 20, &second}};  // 12 up to the 40th, 8 at 20
    const auto rated = rate_month(hours);
    ASSERT_TRUE(rated);
    const std::vector<RatedHour> expected = {{0, 0}, {8, 500}, {15, 2000}, {25, 0}, {28, 2560}};
    ASSERT_EQ(rated->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ((*rated)[i].before, expected[i].before);
        EXPECT_EQ((*rated)[i].amount, expected[i].amount);
    }
}

TEST(Rate, AMinimumIsDueOnlyWhereSomethingWasUsed) {
    auto item = item_of(1, 0, {{.unit_nano = 1}});
    item.minimum_nano = 1000;
    EXPECT_EQ(minimum_due(item, 0, 0), Int128{0});
    EXPECT_EQ(minimum_due(item, 1, 1), Int128{999});
    EXPECT_EQ(minimum_due(item, 999, 999), Int128{1});
    EXPECT_EQ(minimum_due(item, 1000, 1000), Int128{0});
    EXPECT_EQ(minimum_due(item, 2000, 2000), Int128{0});
    item.minimum_nano = 0;
    EXPECT_EQ(minimum_due(item, 5, 5), Int128{0});
}

TEST(Correction, DoneTwiceAddsNothing) {
    const Booking expected{.quantity = 60000, .amount = 20'000'000};
    Booking booked{.quantity = 50000, .amount = 21'000'000};
    const auto once = correction(expected, booked);
    EXPECT_EQ(once, (Correction{10000, -1'000'000}));
    booked = *booked_with(booked, *once);
    EXPECT_EQ(booked, expected);
    EXPECT_TRUE(correction(expected, booked)->nothing());
}

}  // namespace
}  // namespace lifeline::pricing
