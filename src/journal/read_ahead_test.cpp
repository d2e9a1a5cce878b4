// Reading ahead is a hint: it reads what it is told to, and nothing that it meets is anybody's
// error.
#include "journal/read_ahead.h"

#include <thread>

#include "journal/test_folders.h"

namespace lifeline::journal {

class ReadAheadTest : public FoldersTest {
protected:
    static constexpr int written = 60;
    ReadAheadTest() { append(where_, written); }

    // Each event has a row of its own.
    static std::vector<Place> places(std::uint64_t from, std::uint64_t to) {
        std::vector<Place> out;
        for (std::uint64_t seq = from; seq <= to; ++seq) out.emplace_back(seq, 0);
        return out;
    }
    static void wait_until_fetched(const ReadAhead& ahead, std::uint64_t events) {
        while (ahead.fetched() < events) std::this_thread::yield();
        EXPECT_EQ(ahead.fetched(), events);
    }

    Folder where_ = folder("here");
};

TEST_F(ReadAheadTest, ReadsEachOfThem) {
    ReadAhead ahead(where_);
    ahead.fetch("sess_1", 1, places(1, written));
    wait_until_fetched(ahead, written);
    ahead.fetch("sess_1", 11, places(11, 20));
    wait_until_fetched(ahead, written + 10);
}

TEST_F(ReadAheadTest, WhatIsNotThereIsLeftOut) {
    ReadAhead ahead(where_);
    ahead.fetch("sess_1", written - 9, places(written - 9, written + 10));
    wait_until_fetched(ahead, 10);
    ahead.fetch("sess_other", 1, places(1, 10));  // Nobody's.
    ahead.fetch("sess_1", 1, places(1, 5));
    wait_until_fetched(ahead, 15);
}

TEST_F(ReadAheadTest, WhoeverReadsGetsTheSame) {
    auto reader = EventReader::open(where_);
    ASSERT_TRUE(reader);
    const auto wanted = places(1, written);
    ReadAhead ahead(where_);
    ahead.fetch("sess_1", 1, wanted);
    const auto events = reader->read("sess_1", 1, wanted, {.events = 40});
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 40U);
    EXPECT_EQ(events->front().event_id, "evt_0");
    EXPECT_EQ(events->back().event_id, "evt_39");
    EXPECT_TRUE(reader->read("sess_1", 1, {}, {})->empty());
}

}  // namespace lifeline::journal
