#include "base/shared_bucket.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace lifeline {

TEST(SharedBucket, GivesABurstAndThenAsManyAsTheRateBrings) {
    SteadyTime now{Micros(1'000'000)};
    SharedBucket bucket(10, 3);
    EXPECT_TRUE(bucket.full(now));
    for (int n = 0; n < 3; ++n) EXPECT_EQ(bucket.wait_to_take(now), Millis{0});
    EXPECT_EQ(bucket.wait_to_take(now), Millis{100});
    now += Millis{60};
    EXPECT_EQ(bucket.wait_to_take(now), Millis{40}) << "asking costs nothing";
    now += Millis{40};
    EXPECT_EQ(bucket.wait_to_take(now), Millis{0});
    EXPECT_EQ(bucket.wait_to_take(now), Millis{100});
    EXPECT_FALSE(bucket.full(now + Millis{299}));
    EXPECT_TRUE(bucket.full(now + Millis{300}));
    now += std::chrono::hours(1);
    int taken = 0;
    while (bucket.wait_to_take(now) == Millis{0}) ++taken;
    EXPECT_EQ(taken, 3) << "a long pause fills it, and no more";
}

TEST(SharedBucket, IsOneForAllWhoTakeAtOnce) {
    const SteadyTime now{Micros(1'000'000)};
    SharedBucket bucket(1, 1'000);
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int n = 0; n < 1'000; ++n)
                if (bucket.wait_to_take(now) == Millis{0}) ++taken;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(taken, 1'000);
}

}  // namespace lifeline
