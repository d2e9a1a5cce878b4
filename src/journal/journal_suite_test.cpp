// What every journal promises: one suite, run against each implementation.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/random.h"
#include "journal/memory_journal.h"
#include "journal/sql_journal.h"
#include "journal/test_house.h"
#include "sql/fault_disk.h"

namespace lifeline::journal {

namespace {

struct Kind {
    const char* name;
    std::function<std::unique_ptr<Journal>(ManualClock&, ManualLoop&)> make;
};

class JournalSuite : public testing::TestWithParam<Kind> {
protected:
    ManualClock clock_;
    ManualLoop loop_{clock_};
    std::unique_ptr<Journal> journal_ = GetParam().make(clock_, loop_);
    Caller call_{*journal_, loop_};
};

std::vector<Draft> numbered(int from, int count, std::size_t bytes = 20) {
    std::vector<Draft> out;
    for (int i = from; i < from + count; ++i)
        out.push_back(draft("evt_" + std::to_string(i), std::string(bytes, char('a' + i % 26))));
    return out;
}

TEST_P(JournalSuite, ANewStreamIsEmpty) {
    const auto stream = call_.open("sess_1");
    EXPECT_EQ(stream->head(), 0u);
    EXPECT_EQ(stream->find("evt_0"), std::nullopt);
    EXPECT_EQ(call_.read(*stream, 0)->size(), 0u);
    EXPECT_EQ(journal_->head_position(), 0u);
    EXPECT_FALSE(journal_->epoch().empty());
    EXPECT_EQ(call_.list("")->size(), 0u);
}

TEST_P(JournalSuite, WhatIsAppendedIsReadBack) {
    const auto stream = call_.open("sess_1");
    const Draft given{"evt_a", {"agent", "agt_7"}, "evt_cause", R"({"eventId":"evt_a"})"};
    const auto appended = call_.append(*stream, {given});
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->first_seq, 1u);
    EXPECT_EQ(appended->head, 1u);
    EXPECT_EQ(appended->first_position, 1u);
    EXPECT_EQ(appended->recorded_at, clock_.wall());
    EXPECT_EQ(stream->head(), 1u);

    const auto read = call_.read(*stream, 0);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ(read->front(), (StoredEvent{.seq = 1,
                                          .event_id = given.event_id,
                                          .actor = given.actor,
                                          .cause = given.cause,
                                          .recorded_at = clock_.wall(),
                                          .steady = clock_.steady(),
                                          .bytes = given.bytes,
                                          .position = 1}));
}

TEST_P(JournalSuite, NumbersHaveNoGapAcrossStreams) {
    const auto first = call_.open("sess_1");
    const auto second = call_.open("sess_2");
    ASSERT_TRUE(call_.append(*first, numbered(0, 3)));
    ASSERT_TRUE(call_.append(*second, numbered(0, 2)));
    ASSERT_TRUE(call_.append(*first, numbered(3, 1)));

    const auto all = call_.read_all(0);
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 6u);
    std::map<std::string, std::uint64_t> heads;
    for (std::size_t i = 0; i < all->size(); ++i) {
        EXPECT_EQ((*all)[i].event.position, i + 1);
        EXPECT_EQ((*all)[i].event.seq, ++heads[(*all)[i].stream]);
    }
    EXPECT_EQ(heads["sess_1"], 4u);
    EXPECT_EQ(heads["sess_2"], 2u);
    EXPECT_EQ(journal_->head_position(), 6u);
}

TEST_P(JournalSuite, ARepeatedEventIdIsFoundWhereItStands) {
    const auto stream = call_.open("sess_1");
    ASSERT_TRUE(call_.append(*stream, numbered(0, 200)));
    for (int i = 0; i < 200; ++i) {
        const auto id = "evt_" + std::to_string(i);
        EXPECT_EQ(stream->find(id), static_cast<std::uint64_t>(i + 1));
        const auto fetched = call_.fetch(*stream, id);
        ASSERT_TRUE(fetched);
        ASSERT_TRUE(*fetched);
        EXPECT_EQ((*fetched)->event_id, id);
        EXPECT_EQ((*fetched)->seq, static_cast<std::uint64_t>(i + 1));
    }
    EXPECT_EQ(*call_.fetch(*stream, "evt_200"), std::nullopt);
    EXPECT_EQ(*call_.fetch(*stream, "EVT_1"), std::nullopt);
}

TEST_P(JournalSuite, AWriterWithAnOldHeadIsRefused) {
    const auto stream = call_.open("sess_1");
    ASSERT_TRUE(call_.append(*stream, 0, numbered(0, 2)));
    for (const std::uint64_t wrong : {0u, 1u, 3u}) {
        const auto refused = call_.append(*stream, wrong, numbered(5, 1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Code::stale_head);
        EXPECT_EQ(refused.error().reason, "stale_head");
    }
    EXPECT_EQ(stream->head(), 2u);
    EXPECT_EQ(call_.read_all(0)->size(), 2u);
}

TEST_P(JournalSuite, AppendsMayFollowEachOtherWithoutWaiting) {
    const auto stream = call_.open("sess_1");
    std::vector<std::uint64_t> heads;
    std::uint64_t expected = 0;
    for (int i = 0; i < 20; ++i) {
        stream->append(expected, numbered(i * 3, 3), [&](Result<Appended> appended) {
            ASSERT_TRUE(appended);
            heads.push_back(appended->head);
            EXPECT_EQ(stream->head(), appended->head);
        });
        expected += 3;
    }
    EXPECT_EQ(stream->head(), 0u);  // Nothing is visible before it is durable.
    EXPECT_TRUE(heads.empty());     // And no answer comes from inside the call.
    loop_.run();
    ASSERT_EQ(heads.size(), 20u);
    EXPECT_TRUE(std::ranges::is_sorted(heads));
    const auto read = call_.read(*stream, 0);
    ASSERT_TRUE(read);
    for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ((*read)[i].event_id, "evt_" + std::to_string(i));
}

TEST_P(JournalSuite, TheTailHearsOfAnAppendBeforeItsWriterDoes) {
    struct Recorder final : Tail {
        std::vector<std::string> told;
        void appended(std::span<const StoredEvent> events) override {
            for (const auto& event : events)
                told.push_back("tail " + std::to_string(event.seq) + " " + event.bytes);
        }
    } recorder;
    const auto stream = call_.open("sess_1");
    stream->set_tail(&recorder);
    stream->append(0, {draft("a", "A"), draft("b", "B")}, [&](Result<Appended> appended) {
        recorder.told.push_back("done " + std::to_string(appended->head));
    });
    loop_.run();
    ASSERT_TRUE(call_.append(*stream, {draft("c", "C")}));
    stream->set_tail(nullptr);
    ASSERT_TRUE(call_.append(*stream, {draft("d", "D")}));
    EXPECT_EQ(recorder.told,
              (std::vector<std::string>{"tail 1 A", "tail 2 B", "done 2", "tail 3 C"}));
}

TEST_P(JournalSuite, ReadsAreGaplessUnderEveryLimit) {
    const auto stream = call_.open("sess_1");
    const auto other = call_.open("sess_2");
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(call_.append(*stream, numbered(i * 2, 2, 100)));
        ASSERT_TRUE(call_.append(*other, numbered(i, 1, 50)));
    }
    const ReadLimit cases[] = {{},        {1, 1 << 20}, {7, 1 << 20},
                               {1000, 1}, {1000, 350},  {1000, 1 << 20}};
    for (const ReadLimit limit : cases) {
        SCOPED_TRACE(testing::Message() << limit.events << " events, " << limit.bytes << " bytes");
        std::uint64_t at = 0;
        while (at < 200) {
            const auto read = call_.read(*stream, at, limit);
            ASSERT_TRUE(read);
            ASSERT_FALSE(read->empty());
            ASSERT_LE(read->size(), limit.events);
            std::size_t bytes = 0;
            for (const auto& event : *read) {
                ASSERT_EQ(event.seq, ++at);
                bytes += event.bytes.size();
            }
            if (read->size() > 1) ASSERT_LE(bytes, limit.bytes);
        }
        EXPECT_EQ(call_.read(*stream, 200, limit)->size(), 0u);
    }
}

TEST_P(JournalSuite, ReadAllIsGaplessUnderEveryLimit) {
    const auto first = call_.open("sess_1");
    const auto second = call_.open("sess_2");
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(call_.append(*first, numbered(i, 1, 100)));
        ASSERT_TRUE(call_.append(*second, numbered(i * 4, 4, 10)));
    }
    for (const ReadLimit limit :
         {ReadLimit{}, ReadLimit{1, 1000}, ReadLimit{3, 1000}, ReadLimit{99, 1}}) {
        std::uint64_t at = 0;
        while (at < 250) {
            const auto read = call_.read_all(at, limit);
            ASSERT_TRUE(read);
            ASSERT_FALSE(read->empty());
            for (const auto& [stream, event] : *read) ASSERT_EQ(event.position, ++at);
        }
        EXPECT_EQ(call_.read_all(250, limit)->size(), 0u);
    }
}

TEST_P(JournalSuite, ACursorAheadIsAnErrorNotAnEmptyAnswer) {
    const auto stream = call_.open("sess_1");
    ASSERT_TRUE(call_.append(*stream, numbered(0, 3)));
    EXPECT_EQ(call_.read(*stream, 4).error().reason, "cursor_ahead");
    EXPECT_EQ(call_.read("sess_1", 4).error().reason, "cursor_ahead");
    EXPECT_EQ(call_.read_all(4).error().reason, "cursor_ahead");
}

TEST_P(JournalSuite, LargeEventsAndBatchesComeBackWhole) {
    const auto stream = call_.open("sess_1");
    SeededRandom random(5);
    std::vector<std::string> given;
    for (const std::size_t size : {0u, 1u, 100u, 16'384u, 65'536u, 900'000u}) {
        std::string bytes(size, '\0');
        random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
        given.push_back(bytes);
        ASSERT_TRUE(call_.append(*stream, {draft("evt_" + std::to_string(size), bytes)}));
    }
    ASSERT_TRUE(call_.append(*stream, numbered(0, 256, 4096)));  // Just what one batch may be.
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto read = call_.read(*stream, i, {.events = 1});
        ASSERT_TRUE(read);
        EXPECT_EQ(read->front().bytes, given[i]);
    }
    EXPECT_EQ(call_.read(*stream, given.size(), {256, 2 << 20})->size(), 256u);
}

TEST_P(JournalSuite, LimitsSayNo) {
    const auto stream = call_.open("sess_1");
    const std::string long_name(256, 'n');
    struct Case {
        const char* name;
        std::vector<Draft> batch;
        Code code;
    };
    const Case cases[] = {
        {"no event", {}, Code::malformed},
        {"too many events", numbered(0, 257), Code::too_large},
        {"too many bytes", numbered(0, 5, 250'000), Code::too_large},
        {"no eventId", {draft("", "x")}, Code::malformed},
        {"a long eventId", {draft(long_name, "x")}, Code::malformed},
        {"a long cause", {{"a", {"user", "u"}, long_name, "x"}}, Code::malformed},
        {"a long actor", {{"a", {"user", long_name}, "", "x"}}, Code::malformed},
        {"a long kind", {{"a", {long_name, "u"}, "", "x"}}, Code::malformed},
    };
    for (const auto& [name, batch, code] : cases) {
        SCOPED_TRACE(name);
        const auto refused = call_.append(*stream, batch);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, code);
    }
    EXPECT_EQ(journal_->head_position(), 0u);
    ASSERT_TRUE(call_.append(*stream, {{std::string(255, 'e'),
                                        {std::string(255, 'k'), std::string(255, 'i')},
                                        std::string(255, 'c'),
                                        "x"}}));
    EXPECT_EQ(call_.read(*stream, 0)->front().cause, std::string(255, 'c'));
}

TEST_P(JournalSuite, TimeNeverGoesBack) {
    const auto stream = call_.open("sess_1");
    const WallTime start = clock_.wall();
    ASSERT_TRUE(call_.append(*stream, numbered(0, 1)));
    clock_.set_wall(start - std::chrono::hours(24));
    EXPECT_EQ(call_.append(*stream, numbered(1, 1))->recorded_at, start);
    clock_.set_wall(start + Millis(5));
    EXPECT_EQ(call_.append(*stream, numbered(2, 1))->recorded_at, start + Millis(5));
}

TEST_P(JournalSuite, AReopenedStreamGoesOnWhereItWas) {
    auto stream = call_.open("sess_1");
    ASSERT_TRUE(call_.append(*stream, numbered(0, 10)));
    stream.reset();
    stream = call_.open("sess_1");
    EXPECT_EQ(stream->head(), 10u);
    EXPECT_EQ(stream->find("evt_9"), 10u);
    ASSERT_TRUE(call_.append(*stream, 10, numbered(10, 1)));
    EXPECT_EQ(call_.read(*stream, 9)->size(), 2u);
}

TEST_P(JournalSuite, NobodyHearsOfAnAppendWhoseStreamIsGone) {
    auto stream = call_.open("sess_1");
    stream->append(0, numbered(0, 2), [](Result<Appended>) { FAIL(); });
    stream->read(0, {}, [](Result<std::vector<StoredEvent>>) { FAIL(); });
    stream.reset();
    // Opened while that append is on its way: the new writer sees all of it.
    stream = call_.open("sess_1");
    EXPECT_EQ(stream->head(), 2u);
    EXPECT_EQ(stream->find("evt_1"), 2u);
}

TEST_P(JournalSuite, AStreamMayBeDestroyedByItsOwnAnswer) {
    auto stream = call_.open("sess_1");
    bool answered = false;
    stream->append(0, numbered(0, 1), [&](Result<Appended> appended) {
        answered = appended.has_value();
        stream.reset();
    });
    loop_.run();
    EXPECT_TRUE(answered);
    EXPECT_EQ(stream, nullptr);
}

TEST_P(JournalSuite, AnyoneMayReadWhatSomebodyElseHasOpen) {
    EXPECT_EQ(call_.read("sess_1", 0).error().code, Code::not_found);
    const auto stream = call_.open("sess_1");
    EXPECT_EQ(call_.read("sess_1", 0).error().code, Code::not_found);
    ASSERT_TRUE(call_.append(*stream, numbered(0, 5)));
    const auto read = call_.read("sess_1", 2);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 3u);
    EXPECT_EQ(read->front().seq, 3u);
    EXPECT_EQ(*read, *call_.read(*stream, 2));
}

TEST_P(JournalSuite, StreamsAreListedByNameInPages) {
    for (const char* name : {"sess_b", "doc_1", "sess_a", "sess_c", "sessions"}) {
        const auto stream = call_.open(name);
        ASSERT_TRUE(call_.append(*stream, numbered(0, 2)));
    }
    const auto empty = call_.open("sess_empty");  // Open, but without an event it is no stream yet.

    const auto all = call_.list("sess_");
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 3u);
    EXPECT_EQ((*all)[0].stream, "sess_a");
    EXPECT_EQ((*all)[0].head, 2u);
    EXPECT_EQ((*all)[0].position, 6u);
    EXPECT_EQ((*all)[0].recorded_at, clock_.wall());
    EXPECT_EQ((*all)[2].stream, "sess_c");

    const auto page = call_.list("sess_", "sess_a", 1);
    ASSERT_EQ(page->size(), 1u);
    EXPECT_EQ(page->front().stream, "sess_b");
    EXPECT_EQ(call_.list("sess_", "sess_c")->size(), 0u);
    EXPECT_EQ(call_.list("")->size(), 5u);
}

TEST_P(JournalSuite, AStreamNameHasLimits) {
    for (const std::string& name : {std::string(), std::string(256, 's')}) {
        const auto opened = wait_for<std::unique_ptr<Stream>>(
            loop_, [&](auto done) { journal_->open(name, loop_, std::move(done)); });
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Code::malformed);
    }
}

using JournalSuiteDeath = JournalSuite;

TEST_P(JournalSuiteDeath, ASecondWriterIsABrokenInvariant) {
    const auto stream = call_.open("sess_1");
    EXPECT_DEATH(journal_->open("sess_1", loop_, [](auto) {}), "");
}

// A SqlJournal on a disk of its own.
class SqlJournalAlone final : public Journal {
public:
    SqlJournalAlone(ManualClock& clock, ManualLoop& loop) : journal_(make(clock, loop)) {}

    void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) override {
        journal_->open(std::move(stream), home, std::move(done));
    }
    void read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
              Done<std::vector<StoredEvent>> done) override {
        journal_->read(std::move(stream), after, limit, home, std::move(done));
    }
    void read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                  Done<std::vector<JournalEvent>> done) override {
        journal_->read_all(after_position, limit, home, std::move(done));
    }
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      Done<std::vector<StreamHead>> done) override {
        journal_->list_streams(std::move(prefix), std::move(after), limit, home, std::move(done));
    }
    std::string epoch() const override { return journal_->epoch(); }
    std::uint64_t head_position() const override { return journal_->head_position(); }

private:
    std::unique_ptr<SqlJournal> make(ManualClock& clock, ManualLoop& loop) {
        auto opened = SqlJournal::open({.folder = {"data", disk_.vfs()},
                                        .writer = loop,
                                        .marker = loop,
                                        .reader = loop,
                                        .clock = clock,
                                        .random = random_});
        CHECK(opened);
        return std::move(*opened);
    }

    sql::FaultDisk disk_{1};
    SeededRandom random_{1};
    std::unique_ptr<SqlJournal> journal_;
};

const Kind kinds[] = {
    {"Memory",
     [](ManualClock& clock, ManualLoop&) { return std::make_unique<MemoryJournal>(clock); }},
    {"Sql", [](ManualClock& clock,
               ManualLoop& loop) { return std::make_unique<SqlJournalAlone>(clock, loop); }},
};

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Journals, JournalSuite, testing::ValuesIn(kinds), kind_name);
INSTANTIATE_TEST_SUITE_P(Journals, JournalSuiteDeath, testing::ValuesIn(kinds), kind_name);

}  // namespace

}  // namespace lifeline::journal
