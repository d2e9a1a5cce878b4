#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "pricing/correction.h"
#include "pricing/rate.h"
#include "pricing/test_cards.h"
#include "pricing/test_model.h"

namespace lifeline::pricing {
namespace {

// What an hour costs that takes the month from one quantity to another.
using Rule = std::function<Int128(const Item&, std::int64_t before, std::int64_t after)>;

Int128 rule_of_the_room(const Item& item, std::int64_t before, std::int64_t after) {
    return amount_between(item, before, after).value();
}

// One random month of one random item by that rule: its first fault, or nothing.
std::string fault_of(const Rule& rule, std::uint64_t seed) {
    SeededRandom random(seed);
    const Item item = small_item(random);
    std::int64_t at = 0;
    Int128 sum = 0;
    for (const std::int64_t quantity : small_hours(random)) {
        const Int128 amount = rule(item, at, at + quantity);
        const Int128 right = model::amount(item, at + quantity) - model::amount(item, at);
        if (amount != right)
            return "an hour costs " + to_text(amount) + " and not " + to_text(right);
        if (amount < 0) return "an hour costs less than nothing";
        sum += amount;
        at += quantity;
    }
    if (sum != model::amount(item, at)) return "the hours do not sum to the month";
    return {};
}

constexpr std::uint64_t seeds = 4000;

TEST(RateProperties, HoursSumToTheMonthHoweverItIsCut) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        ASSERT_EQ(fault_of(rule_of_the_room, seed), "") << "seed " << seed;
}

// Whoever makes one of these mistakes is found out; so the test above says something.
TEST(RateProperties, EachMistakeIsFound) {
    const auto R = [](const Item& item, std::int64_t quantity) {
        return amount_of(item, quantity).value();
    };
    const auto floor_of = [](const Item& item, std::int64_t quantity) {
        return model::exact(item, quantity) / item.per;
    };
    const auto half_up = [](const Item& item, std::int64_t quantity) {
        return (2 * model::exact(item, quantity) + item.per) / (2 * Int128{item.per});
    };
    struct Mistake {
        const char* name;
        Rule rule;
    };
    const Mistake mistakes[] = {
        {"each hour is rounded",
         [](const Item& item, auto before, auto after) {
             return divide_half_even(model::exact(item, after) - model::exact(item, before),
                                     item.per);
         }},
        {"rounded down",
         [&](const Item& item, auto before, auto after) {
             return floor_of(item, after) - floor_of(item, before);
         }},
        {"half rounds up",
         [&](const Item& item, auto before, auto after) {
             return half_up(item, after) - half_up(item, before);
         }},
        {"upTo is not in its tier",
         [&](Item item, auto before, auto after) {
             for (auto& tier : item.tiers)
                 if (tier.up_to) --*tier.up_to;
             return R(item, after) - R(item, before);
         }},
        {"tiers count what is included",
         [&](Item item, auto before, auto after) {
             for (auto& tier : item.tiers)
                 if (tier.up_to)
                     tier.up_to = std::max<std::int64_t>(0, *tier.up_to - item.included);
             return R(item, after) - R(item, before);
         }},
        {"included in every hour",
         [&](const Item& item, auto before, auto after) { return R(item, after - before); }},
        {"nothing is included",
         [&](Item item, auto before, auto after) {
             item.included = 0;
             return R(item, after) - R(item, before);
         }},
        {"one more is included",
         [&](Item item, auto before, auto after) {
             ++item.included;
             return R(item, after) - R(item, before);
         }},
        {"all at the tier that is reached",
         [&](const Item& item, auto before, auto after) {
             const auto by_volume = [&](std::int64_t quantity) {
                 const std::int64_t billable = std::max<std::int64_t>(0, quantity - item.included);
                 const auto tier = std::ranges::find_if(item.tiers, [&](const Tier& one) {
                     return !one.up_to || billable <= *one.up_to;
                 });
                 return divide_half_even(billable * tier->unit_nano, item.per);
             };
             return by_volume(after) - by_volume(before);
         }},
        {"the price of one unit is rounded first",
         [&](Item item, auto before, auto after) {
             for (auto& tier : item.tiers)
                 tier.unit_nano = divide_half_even(tier.unit_nano, item.per);
             item.per = 1;
             return R(item, after) - R(item, before);
         }},
        {"each tier is rounded",
         [&](const Item& item, auto before, auto after) {
             const auto tier_by_tier = [&](std::int64_t quantity) {
                 Int128 sum = 0;
                 std::int64_t begin = item.included;
                 for (const auto& tier : item.tiers) {
                     const std::int64_t end =
                         tier.up_to ? std::min(quantity, item.included + *tier.up_to) : quantity;
                     if (end <= begin) break;
                     sum += divide_half_even((end - begin) * tier.unit_nano, item.per);
                     begin = end;
                 }
                 return sum;
             };
             return tier_by_tier(after) - tier_by_tier(before);
         }},
        {"the last tier has the price of the first",
         [&](Item item, auto before, auto after) {
             item.tiers.back().unit_nano = item.tiers.front().unit_nano;
             return R(item, after) - R(item, before);
         }},
    };
    for (const auto& [name, rule] : mistakes) {
        std::uint64_t found = 0;
        for (std::uint64_t seed = 0; seed < 500; ++seed)
            found += fault_of(rule, seed).empty() ? 0 : 1;
        EXPECT_GT(found, 10u) << name;
    }
}

TEST(RateProperties, PartsAreAllOfIt) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        SeededRandom random(seed);
        const Item item = small_item(random);
        auto before = static_cast<std::int64_t>(random.below(80)) - 5;
        auto after = static_cast<std::int64_t>(random.below(80)) - 5;
        const auto parts = parts_between(item, before, after);
        ASSERT_TRUE(parts);
        Int128 amount = 0;
        std::int64_t quantity = 0;
        for (const auto& part : *parts) {
            EXPECT_NE(part.quantity, 0);
            if (!part.tier) EXPECT_EQ(part.amount, Int128{0});
            amount += part.amount;
            quantity += part.quantity;
        }
        EXPECT_EQ(amount, *amount_between(item, before, after)) << "seed " << seed;
        EXPECT_EQ(quantity, after - before) << "seed " << seed;
        EXPECT_TRUE(std::ranges::is_sorted(*parts, {}, [](const Part& part) {
            return part.tier ? static_cast<int>(*part.tier) : -1;
        }));
    }
}

// Usage arrives in any order and at any time, some of it twice over; after each arrival everything
// is corrected to what is expected then.
TEST(RateProperties, CorrectionsEndWhereTheUsageDoes) {
    constexpr std::size_t hours = 6;
    constexpr int histories = 1'000;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 0; seed < histories; ++seed) {
        SeededRandom random(seed);
        const Item first = small_item(random), second = small_item(random);
        std::vector<Hour> month;
        for (std::size_t i = 0; i < hours; ++i)
            month.push_back(
                {hour("2026-02-16T10:00Z") + std::chrono::hours(i), 0, i < 3 ? &first : &second});
        std::vector<Booking> booked(hours);
        const auto correct = [&] {
            std::size_t corrected = 0;
            const auto rated = rate_month(month);
            for (std::size_t i = 0; i < hours; ++i) {
                const auto due = correction({month[i].quantity, (*rated)[i].amount}, booked[i]);
                corrected += due->nothing() ? 0 : 1;
                booked[i] = *booked_with(booked[i], *due);
            }
            return corrected;
        };
        for (int arrival = 0; arrival < 12; ++arrival) {
            month[random.below(hours)].quantity += static_cast<std::int64_t>(random.below(9));
            correct();
            ASSERT_EQ(correct(), 0u) << "seed " << seed;
        }
        std::int64_t position = 0;
        for (std::size_t i = 0; i < hours; ++i) {
            const Item& item = *month[i].item;
            ASSERT_EQ(booked[i].amount, model::amount(item, position + month[i].quantity) -
                                            model::amount(item, position))
                << "seed " << seed;
            position += month[i].quantity;
            ASSERT_EQ(booked[i].quantity, month[i].quantity);
        }
    }
}

TEST(RateProperties, RecordedQuantitiesCanBePricedByAnyCard) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        SeededRandom random(seed);
        const Item ours = small_item(random), other = small_item(random);
        std::vector<Hour> hours;
        std::int64_t total = 0;
        for (const auto quantity : small_hours(random)) {
            hours.push_back(
                {hour("2026-02-16T00:00Z") + std::chrono::hours(hours.size()), quantity, &ours});
            total += quantity;
        }
        const auto sum = [&] {
            Int128 amount = 0;
            const auto rated = rate_month(hours);
            for (const auto& one : *rated) amount += one.amount;
            return amount;
        };
        ASSERT_EQ(sum(), model::amount(ours, total));
        for (auto& one : hours) one.item = &other;
        ASSERT_EQ(sum(), model::amount(other, total));
    }
}

}  // namespace
}  // namespace lifeline::pricing
