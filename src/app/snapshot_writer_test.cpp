// Snapshots that cannot be written wait for later, and the others do not wait for them.
#include "app/snapshot_writer.h"

#include <gtest/gtest.h>

#include "app/test_erasing_house.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;

constexpr int page = 64;  // That are looked at before it rests.

std::string call(int n) {
    return "sess_" + std::to_string(100 + n);
}

class House : public ErasingHouse {
public:
    explicit House(int calls) {
        for (int n = 0; n < calls; ++n) said_and_over(call(n));
        start(snapshots, "snapshots.db");
        sessions.shards().front()->on_appended = [this] { snapshots.poke(); };
    }
    // Of the first so many calls, how often each was read; -1 where that differs.
    int reads(int of) const {
        const auto times = [&](int n) {
            const auto found = calls.reads.find(call(n));
            return found == calls.reads.end() ? 0 : static_cast<int>(found->second);
        };
        for (int n = 1; n < of; ++n)
            if (times(n) != times(0)) return -1;
        return times(0);
    }
    std::size_t taken(int n) { return count(call(n), "transcript.snapshot.created"); }

    snapshots::Snapshots snapshots{loop, loop, *journal};
    SnapshotWriter writer{{loop, loop, calls, sessions, snapshots, streams}};
};

}  // namespace

TEST(SnapshotWriter, WhatCannotBeWrittenRestsAndTheOthersHaveTheirTurn) {
    House house(page + 1);
    for (int n = 0; n < page; ++n) house.calls.refused.insert(call(n));
    house.writer.start();
    // While time stands still, a round comes to an end.
    for (int jobs = 0; jobs < 10'000 && house.loop.run_one();) ++jobs;
    ASSERT_FALSE(house.loop.run_one());
    EXPECT_EQ(house.reads(page), 1);
    house.loop.run_for(29s);
    EXPECT_EQ(house.reads(page), 1);
    EXPECT_EQ(house.taken(page), 0u);

    house.loop.run_for(2s);
    EXPECT_EQ(house.taken(page), 1u) << "it is behind all that fail";
    EXPECT_EQ(house.taken(0), 0u);

    house.calls.refused.clear();
    house.loop.run_for(2min);
    for (int n = 0; n <= page; ++n) EXPECT_EQ(house.taken(n), 1u) << call(n);
}

TEST(SnapshotWriter, AsLongAsSomeCanBeWrittenItGoesOn) {
    House house(3 * page);
    house.calls.refused.insert(call(0));
    house.writer.start();
    house.loop.run_for(1s);
    for (int n = 1; n < 3 * page; ++n) EXPECT_EQ(house.taken(n), 1u) << call(n);
}

}  // namespace lifeline::app
