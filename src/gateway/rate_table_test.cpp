#include "gateway/rate_table.h"

#include <gtest/gtest.h>

namespace lifeline::gateway {

TEST(RateTable, EachHasTheirOwnAndASweepForgetsOnlyWhatIsFull) {
    SteadyTime now{Micros(1'000'000)};
    RateTable table({.per_second = 10, .burst = 2}, 100);
    EXPECT_EQ(table.wait_to_take("ada", now), Millis{0});
    EXPECT_EQ(table.wait_to_take("ada", now), Millis{0});
    EXPECT_GT(table.wait_to_take("ada", now), Millis{0});
    EXPECT_EQ(table.wait_to_take("bob", now), Millis{0});
    now += Millis{100};
    table.sweep(now);
    EXPECT_EQ(table.size(), 1u) << "bob's is full, ada's is not";
    EXPECT_EQ(table.wait_to_take("ada", now), Millis{0});
    EXPECT_GT(table.wait_to_take("ada", now), Millis{0});
}

TEST(RateTable, RemembersSoManyAndNoMore) {
    SteadyTime now{Micros(1'000'000)};
    RateTable table({.per_second = 10, .burst = 2}, 2);
    EXPECT_EQ(table.wait_to_take("ada", now), Millis{0});
    EXPECT_EQ(table.wait_to_take("bob", now), Millis{0});
    EXPECT_GT(table.wait_to_take("eve", now), Millis{0});
    EXPECT_EQ(table.wait_to_take("ada", now), Millis{0}) << "who is known goes on";
    now += Millis{200};
    table.sweep(now);
    EXPECT_EQ(table.wait_to_take("eve", now), Millis{0});
}

}  // namespace lifeline::gateway
