#include <gtest/gtest.h>

#include "gateway/ack_table.h"
#include "gateway/ack_writer.h"
#include "gateway/test_room.h"

// How far somebody has read, and how that outlives the process.
namespace lifeline::gateway {

namespace {

using softstate::Ack;

constexpr WallTime at(std::int64_t minutes) {
    return WallTime(std::chrono::minutes(minutes));
}

// A disk that takes a while, and may fail.
class SlowStore final : public softstate::AckStore {
public:
    void keep(std::vector<Ack> changed, WallTime, Loop&,
              std::move_only_function<void(Status)> done) override {
        batches.push_back(std::move(changed));
        done_ = std::move(done);
    }
    void finish(const Status& status = {}) { std::exchange(done_, nullptr)(status); }
    bool busy() const { return done_ != nullptr; }

    std::vector<std::vector<Ack>> batches;

private:
    std::move_only_function<void(Status)> done_;
};

class Writing : public ::testing::Test {
protected:
    void note(std::uint64_t seq, const std::string& user = "ada") {
        if (table.note("sess_1", user, seq, at(60))) writer->changed();
    }
    VirtualLoop loop;
    SlowStore store;
    AckTable table{100};
    std::optional<AckWriter> writer{std::in_place, loop, table, &store};
};

}  // namespace

TEST(AckTable, IsCumulativeAndBounded) {
    AckTable table(2);
    EXPECT_TRUE(table.note("sess_1", "ada", 3, at(1)));
    EXPECT_FALSE(table.note("sess_1", "ada", 2, at(1)));
    EXPECT_EQ(table.of("sess_1", "ada"), 3u);
    EXPECT_EQ(table.of("sess_2", "ada"), 0u);
    table.restore({"sess_2", "ada", 9, at(2)});
    EXPECT_EQ(table.of("sess_2", "ada"), 9u);
    EXPECT_FALSE(table.note("sess_3", "ada", 3, at(1))) << "one too many";
    table.restore({"sess_3", "ada", 9, at(2)});
    EXPECT_EQ(table.of("sess_3", "ada"), 0u);
    table.sweep(at(1));
    EXPECT_EQ(table.of("sess_1", "ada"), 0u);
    EXPECT_EQ(table.of("sess_2", "ada"), 9u);
}

TEST(AckTable, TheSamePositionIsWrittenAgainOnlyWhenItLivesMuchLonger) {
    AckTable table(2);
    table.restore({"sess_1", "ada", 3, at(10)});
    EXPECT_FALSE(table.note("sess_1", "ada", 3, at(10) + std::chrono::seconds(59)));
    EXPECT_FALSE(table.has_changed());
    EXPECT_TRUE(table.note("sess_1", "ada", 3, at(11)));
    EXPECT_EQ(table.take_changed(), std::vector{(Ack{"sess_1", "ada", 3, at(11)})});
    EXPECT_FALSE(table.note("sess_1", "ada", 3, at(11)));
    EXPECT_FALSE(table.note("sess_1", "bot", 0, at(11))) << "nothing was read";
}

TEST_F(Writing, OnceASecondWhatChanged) {
    note(1);
    note(2);
    note(5, "bot");
    loop.run_for(std::chrono::milliseconds(999));
    EXPECT_TRUE(store.batches.empty());
    loop.run_for(std::chrono::milliseconds(1));
    ASSERT_EQ(store.batches.size(), 1u);
    EXPECT_EQ(store.batches[0],
              (std::vector<Ack>{{"sess_1", "ada", 2, at(60)}, {"sess_1", "bot", 5, at(60)}}));
    store.finish();
    EXPECT_EQ(loop.timers(), 0u) << "nothing more to write";
    note(2);
    EXPECT_EQ(loop.timers(), 0u);
}

TEST_F(Writing, ASlowDiskHasMoreComeTogetherAndNoQueue) {
    note(1);
    loop.run_for(std::chrono::seconds(1));
    for (std::uint64_t seq = 2; seq <= 10; ++seq) {
        note(seq);
        loop.run_for(std::chrono::seconds(1));
    }
    EXPECT_EQ(store.batches.size(), 1u);
    store.finish();
    loop.run_for(std::chrono::seconds(1));
    ASSERT_EQ(store.batches.size(), 2u);
    EXPECT_EQ(store.batches[1], std::vector{(Ack{"sess_1", "ada", 10, at(60)})});
}

TEST_F(Writing, WhatCouldNotBeWrittenIsTriedAgain) {
    note(1);
    loop.run_for(std::chrono::seconds(1));
    store.finish(fail(Code::unavailable, "storage_unavailable", "full"));
    loop.run_for(std::chrono::seconds(1));
    ASSERT_EQ(store.batches.size(), 2u);
    EXPECT_EQ(store.batches[1], std::vector{(Ack{"sess_1", "ada", 1, at(60)})});
}

TEST_F(Writing, WhoStopsInOrderHandsOverWhatIsLeft) {
    note(1);
    loop.run_for(std::chrono::seconds(1));
    note(2);
    writer.reset();
    ASSERT_EQ(store.batches.size(), 2u);
    EXPECT_EQ(store.batches[1], std::vector{(Ack{"sess_1", "ada", 2, at(60)})});
    EXPECT_EQ(loop.timers(), 0u);
}

TEST(Lane, WhatWasKeptCountsUnlessItIsAheadOfTheJournal) {
    RoomHouse house;
    house.lane.restore({"sess_1", "ada", 2, WallTime::max()});
    house.lane.restore({"sess_1", "bot", 2'000, WallTime::max()});
    EXPECT_EQ(house.connect("ada")->heard(R"("ackedSeq":2,)"), 1);
    EXPECT_EQ(house.connect("bot")->heard(R"("ackedSeq":0,)"), 1);
}

}  // namespace lifeline::gateway
