#include "journal/follower.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "journal/memory_journal.h"
#include "journal/test_house.h"

namespace lifeline::journal {
namespace {

// A view that takes a chunk when it is told to.
class SlowView {
public:
    SlowView(ManualLoop& loop, Journal& journal)
        : follower_(loop, journal, [this](std::vector<JournalEvent> events, Follower::Taken taken) {
              EXPECT_FALSE(taken_) << "one chunk at a time";
              EXPECT_EQ(events.front().event.position, position_ + 1) << "no gap, nothing twice";
              for (std::size_t i = 1; i < events.size(); ++i)
                  EXPECT_EQ(events[i].event.position, events[i - 1].event.position + 1);
              last_ = events.back().event.position;
              taken_ = std::move(taken);
          }) {}

    Follower& follower() { return follower_; }
    bool has_chunk() const { return taken_.has_value(); }
    std::uint64_t position() const { return position_; }
    void take(const Status& how = {}) {
        if (how) position_ = last_;
        auto taken = *std::exchange(taken_, std::nullopt);
        taken(how);
    }

private:
    std::uint64_t position_ = 0;
    std::uint64_t last_ = 0;
    std::optional<Follower::Taken> taken_;
    Follower follower_;
};

// Counts what is asked of a journal that has so many events.
class AskedJournal final : public Journal {
public:
    AskedJournal(ManualLoop& loop, std::size_t events)
        : memory_(loop.clock()), caller_(memory_, loop) {
        stream_ = caller_.open("sess_1");
        append(events);
    }
    void append(std::size_t events) {
        constexpr std::size_t at_once = limits::append_events_max;
        for (std::size_t left = events; left > 0; left -= std::min(left, at_once)) {
            std::vector<Draft> batch;
            for (std::size_t i = 0; i < std::min(left, at_once); ++i)
                batch.push_back(draft("e" + std::to_string(made_++), R"({"type":"x"})"));
            CHECK(caller_.append(*stream_, std::move(batch)));
        }
    }

    void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) override {
        memory_.open(std::move(stream), home, std::move(done));
    }
    void read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
              Done<std::vector<StoredEvent>> done) override {
        memory_.read(std::move(stream), after, limit, home, std::move(done));
    }
    void read_all(std::uint64_t after, ReadLimit limit, Loop& home,
                  Done<std::vector<JournalEvent>> done) override {
        asked.push_back(after);
        memory_.read_all(after, limit, home, std::move(done));
    }
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      Done<std::vector<StreamHead>> done) override {
        memory_.list_streams(std::move(prefix), std::move(after), limit, home, std::move(done));
    }
    std::string epoch() const override { return memory_.epoch(); }
    std::uint64_t head_position() const override { return memory_.head_position(); }

    std::vector<std::uint64_t> asked;

private:
    MemoryJournal memory_;
    Caller caller_;
    std::unique_ptr<Stream> stream_;
    std::size_t made_ = 0;
};

TEST(Follower, ReadsTheNextChunkWhileTheViewTakesTheOneBefore) {
    ManualClock clock;
    ManualLoop loop(clock);
    AskedJournal journal(loop, 10'000);
    SlowView view(loop, journal);
    bool ready = false;
    view.follower().start(0, [&](const Status& come) { ready = come.has_value(); });
    loop.run();
    ASSERT_TRUE(view.has_chunk());
    EXPECT_EQ(journal.asked.size(), 2U) << "the second is read ahead, the third is not";
    view.take();
    ASSERT_TRUE(view.has_chunk()) << "it was there already";
    while (view.has_chunk()) {
        view.take();
        loop.run();
    }
    EXPECT_TRUE(ready);
    EXPECT_EQ(view.follower().position(), 10'000U);
}

TEST(Follower, ReadsNothingAheadOfTheHead) {
    ManualClock clock;
    ManualLoop loop(clock);
    AskedJournal journal(loop, 3);
    SlowView view(loop, journal);
    view.follower().start(0, [](const Status&) {});
    loop.run();
    EXPECT_EQ(journal.asked.size(), 1U);
    view.take();
    loop.run();
    EXPECT_EQ(journal.asked, (std::vector<std::uint64_t>{0, 3}));
}

TEST(Follower, PropertyGivesEachEventOnceInOrderWhateverFails) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        ManualClock clock;
        ManualLoop loop(clock);
        AskedJournal journal(loop, random.below(9'000));
        SlowView view(loop, journal);
        view.follower().start(0, [](const Status&) {});
        std::size_t reached = 0;
        std::size_t asked = 0;
        for (int step = 0; step < 60; ++step) {
            switch (random.below(6)) {
                case 0:
                    journal.append(1 + random.below(500));
                    view.follower().poke();
                    break;
                case 1:
                    if (view.has_chunk())
                        view.take(fail(Code::unavailable, "storage_unavailable", "a full disk"));
                    break;
                case 2:
                    ++asked;
                    view.follower().reach(journal.head_position(), [&] { ++reached; });
                    break;
                case 3:
                    loop.run_one();
                    break;
                default:
                    if (view.has_chunk()) view.take();
                    break;
            }
        }
        view.follower().poke();
        for (loop.run(); view.has_chunk(); loop.run()) view.take();
        EXPECT_EQ(view.position(), journal.head_position());
        EXPECT_EQ(reached, asked) << "whoever waits is answered";
    }
}

}  // namespace
}  // namespace lifeline::journal
