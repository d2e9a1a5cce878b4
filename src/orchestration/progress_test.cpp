#include "orchestration/progress.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/virtual_loop.h"

namespace lifeline::orchestration {
namespace {

struct House {
    VirtualLoop loop;
    SteadyTime began = loop.clock().steady();
    std::string told;
    ProgressDesk desk{loop,
                      [this](const Job& job, const Progress& progress) {
                          const auto at =
                              std::chrono::duration_cast<Millis>(loop.clock().steady() - began);
                          told += fmt::format("{}#{} {} @{}; ", job.action_id, job.fence,
                                              progress.message, at.count());
                      },
                      {.pause = Millis(1000), .attempts_max = 2}};

    void say(Millis at, std::string message, std::string action = "a", std::uint64_t fence = 7) {
        loop.start_timer(at, [this, message, action, fence] {
            desk.take({.session_id = "s", .action_id = action, .fence = fence},
                      {.message = message, .percent = {}});
        });
    }
};

TEST(ProgressDesk, TellsTheFirstWordAtOnceAndThenTheNewest) {
    House house;
    for (int i = 0; i < 250; ++i) house.say(Millis(10 * i), fmt::format("{}", i));
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.told, "a#7 0 @0; a#7 100 @1000; a#7 200 @2000; a#7 249 @3000; ");
}

TEST(ProgressDesk, TellsOfEachAttemptByItself) {
    House house;
    house.say(Millis(0), "one");
    house.say(Millis(1), "one", "a", 8);
    house.say(Millis(2), "too many", "b");
    house.say(Millis(5000), "later", "b");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.told, "a#7 one @0; a#8 one @1; b#7 later @5000; ");
}

TEST(ProgressDesk, SaysNothingTwice) {
    House house;
    house.say(Millis(0), "half");
    house.say(Millis(500), "half");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.told, "a#7 half @0; ");
}

}  // namespace
}  // namespace lifeline::orchestration
