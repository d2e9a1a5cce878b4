#include "gateway/token_bucket.h"

#include <gtest/gtest.h>

namespace lifeline::gateway {

TEST(TokenBucket, GivesTheBurstAndThenTheRate) {
    SteadyTime now{Micros(1'000'000)};
    TokenBucket bucket(10, 3, now);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(now));
    EXPECT_FALSE(bucket.take(now));
    EXPECT_EQ(bucket.wait(now), Millis{101});
    now += Millis{99};
    EXPECT_FALSE(bucket.take(now));
    now += Millis{1};
    EXPECT_TRUE(bucket.take(now));
    EXPECT_FALSE(bucket.take(now));
}

TEST(TokenBucket, GivesManyAtOnceOrNone) {
    SteadyTime now{Micros(1'000'000)};
    TokenBucket bucket(1'000'000, 26'000'000, now);
    EXPECT_TRUE(bucket.take(now, 25'999'000));
    EXPECT_FALSE(bucket.take(now, 1'001));
    EXPECT_TRUE(bucket.take(now, 1'000));
    now += Millis{1};
    EXPECT_FALSE(bucket.take(now, 1'001));
    EXPECT_TRUE(bucket.take(now, 1'000));
    EXPECT_TRUE(bucket.take(now, 0));
}

TEST(TokenBucket, APauseFillsItAndNoMore) {
    SteadyTime now{Micros(1'000'000)};
    TokenBucket bucket(10, 3, now);
    now += std::chrono::hours(100);
    int taken = 0;
    while (bucket.take(now)) ++taken;
    EXPECT_EQ(taken, 3);
}

}  // namespace lifeline::gateway
