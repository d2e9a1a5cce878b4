#include "base/virtual_loop.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline {
namespace {

TEST(VirtualLoop, JobsThenTimersInOrderOfTheirTime) {
    VirtualLoop loop;
    std::string order;
    loop.start_timer(Millis(20), [&] { order += "c"; });
    loop.start_timer(Millis(10), [&] {
        order += "a";
        loop.post([&] { order += "b"; });
    });
    const auto cancelled = loop.start_timer(Millis(15), [&] { order += "x"; });
    loop.start_timer(Millis(20), [&] { order += "d"; });
    loop.start_timer(Millis(21), [&] { order += "y"; });
    loop.cancel_timer(cancelled);
    loop.run_for(Millis(20));
    EXPECT_EQ(order, "abcd");
    EXPECT_EQ(loop.timers(), 1u);
}

TEST(VirtualLoop, TimePassesOnlyWhenTold) {
    VirtualLoop loop;
    const WallTime start = loop.clock().wall();
    loop.run_for(Millis(3'600'000));
    EXPECT_EQ(loop.clock().wall() - start, std::chrono::hours(1));
    for (int i = 0; i < 10; ++i) loop.clock().advance(Micros(700));
    EXPECT_EQ(loop.clock().wall() - start, Millis(3'600'007));
}

}  // namespace
}  // namespace lifeline
