#include "gateway/rate_table.h"

#include <gtest/gtest.h>

namespace lifeline::gateway {

TEST(RateTable, EachHasTheirOwnAndTheSameHoweverOftenTheyAsk) {
    const SteadyTime now{Micros(1'000'000)};
    RateTable table({.per_second = 10, .burst = 2}, 100);
    EXPECT_EQ(table.of("ada", now)->wait_to_take(now), Millis{0});
    EXPECT_EQ(table.of("ada", now)->wait_to_take(now), Millis{0});
    EXPECT_EQ(table.of("ada", now)->wait_to_take(now), Millis{100});
    EXPECT_EQ(table.of("bob", now)->wait_to_take(now), Millis{0});
}

TEST(RateTable, RemembersSoManyAndForgetsOnlyWhatSaysNothing) {
    SteadyTime now{Micros(1'000'000)};
    RateTable table({.per_second = 10, .burst = 2}, 2);
    const auto held = table.of("ada", now);
    EXPECT_EQ(table.of("bob", now)->wait_to_take(now), Millis{0});
    EXPECT_EQ(table.of("eve", now), nullptr);
    EXPECT_EQ(table.of("ada", now), held) << "who is known goes on";
    now += Millis{100};
    EXPECT_NE(table.of("eve", now), nullptr) << "bob's is full again";
    EXPECT_EQ(table.size(), 2u);
    now += std::chrono::hours(1);
    EXPECT_NE(table.of("mia", now), nullptr);
    EXPECT_EQ(table.of("ada", now), held) << "full, and somebody takes from it";
}

}  // namespace lifeline::gateway
