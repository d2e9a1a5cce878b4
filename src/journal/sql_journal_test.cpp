// What SqlJournal promises beyond the suite: crashes, failing disks, damaged files.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include "base/asio_loop.h"
#include "base/thread_worker.h"
#include "journal/memory_journal.h"
#include "journal/sql_house.h"

namespace lifeline::journal {

namespace {

using Operation = sql::FaultDisk::Operation;

// Everything that a journal knows, for comparing two of them.
std::vector<JournalEvent> everything(Caller& call) {
    std::vector<JournalEvent> all;
    for (;;) {
        auto more = call.read_all(all.size());
        EXPECT_TRUE(more) << more.error().detail;
        if (!more || more->empty()) return all;
        std::ranges::move(*more, std::back_inserter(all));
    }
}

// Every stream as its reader sees it is what the whole journal says about it.
void expect_streams_match(Caller& call, const std::vector<JournalEvent>& all) {
    std::map<std::string, std::vector<StoredEvent>> streams;
    for (const auto& [stream, event] : all) streams[stream].push_back(event);
    const auto listed = call.list("", "", 100'000);
    ASSERT_TRUE(listed);
    ASSERT_EQ(listed->size(), streams.size());
    for (const StreamHead& head : *listed) {
        const auto& expected = streams[head.stream];
        ASSERT_EQ(head.head, expected.size());
        ASSERT_EQ(head.position, expected.back().position);
        ASSERT_EQ(head.recorded_at, expected.back().recorded_at);
        const auto stream = call.open(head.stream);
        ASSERT_EQ(stream->head(), expected.size());
        std::vector<StoredEvent> read;
        while (read.size() < expected.size()) {
            auto more = call.read(*stream, read.size());
            ASSERT_TRUE(more) << more.error().detail;
            ASSERT_FALSE(more->empty());
            std::ranges::move(*more, std::back_inserter(read));
        }
        ASSERT_EQ(read, expected);
        const StoredEvent& some = expected[expected.size() / 2];
        const auto fetched = call.fetch(*stream, some.event_id);
        ASSERT_TRUE(fetched && *fetched);
        ASSERT_EQ(**fetched, some);
    }
}

void expect_equal(const std::vector<JournalEvent>& left, const std::vector<JournalEvent>& right) {
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        ASSERT_EQ(left[i].stream, right[i].stream);
        ASSERT_EQ(left[i].event, right[i].event);
    }
}

}  // namespace

// Random batches over many streams, restarts, lost indexes: always what the model says.
TEST(SqlJournal, IsItsModelThroughEveryRestart) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        SqlHouse house(seed);
        SeededRandom random(seed);
        ManualLoop model_loop(house.clock);
        MemoryJournal model(house.clock);
        Caller expected(model, model_loop);
        auto call = house.start();
        ASSERT_TRUE(call);
        std::uint64_t counter = 0;
        for (int round = 0; round < 40; ++round) {
            const std::string name = "sess_" + std::to_string(random.below(6));
            const auto batch = random_batch(random, counter);
            house.clock.advance(Millis(static_cast<int>(random.below(1000))));
            {
                const auto stream = call->open(name);
                const auto mirror = expected.open(name);
                ASSERT_EQ(stream->head(), mirror->head());
                const auto appended = call->append(*stream, batch);
                ASSERT_TRUE(appended) << appended.error().detail;
                ASSERT_TRUE(expected.append(*mirror, batch));
            }
            const auto what = random.below(12);
            if (what == 0) house.crash();
            if (what == 1) ASSERT_TRUE(house.stop());
            if (what == 2) {
                house.crash();
                house.disk.kill_process();
                for (const char* suffix : {"", "-wal", "-shm"})
                    house.disk.remove(house.folder.index() + suffix);
            }
            if (what <= 2) ASSERT_TRUE((call = house.start())) << call.error().detail;
        }
        const auto all = everything(*call);
        expect_equal(all, everything(expected));
        expect_streams_match(*call, all);
        house.crash();
    }
}

namespace {

// What writers heard back, to be held against what a journal has after a crash.
struct Promises {
    std::map<std::string, std::vector<Draft>> sent;     // In order, by stream.
    std::map<std::string, std::uint64_t> acknowledged;  // The head that was answered.
};

// Keeps appending on a few streams without waiting, until the loop has run `jobs` jobs or nothing
// moves any more.
void publish_for(SqlHouse& house, Caller& call, SeededRandom& random, Promises& promises,
                 std::uint64_t& counter, std::uint64_t jobs) {
    std::map<std::string, std::unique_ptr<Stream>> streams;
    for (int i = 0; i < 3; ++i) {
        const std::string name = "sess_" + std::to_string(i);
        auto opened = call.try_open(name);
        if (!opened) return;  // The power is gone already.
        streams[name] = std::move(*opened);
        // What a crash left beyond the acknowledged is kept: the stream goes on from there.
        promises.sent[name].resize(streams[name]->head());
    }
    for (std::uint64_t job = 0; job < jobs; ++job) {
        const std::string name = "sess_" + std::to_string(random.below(3));
        auto& sent = promises.sent[name];
        if (random.below(2) == 0 && house.fatal.empty()) {
            auto batch = random_batch(random, counter);
            const std::uint64_t expected = sent.size();
            std::ranges::copy(batch, std::back_inserter(sent));
            streams[name]->append(expected, std::move(batch),
                                  [&promises, name](Result<Appended> appended) {
                                      if (appended) promises.acknowledged[name] = appended->head;
                                  });
        }
        house.loop.run_one();
    }
}

void expect_kept(Caller& call, Promises& promises) {
    for (auto& [name, sent] : promises.sent) {
        const auto stream = call.open(name);
        ASSERT_GE(stream->head(), promises.acknowledged[name])
            << name << " lost acknowledged events";
        ASSERT_LE(stream->head(), sent.size()) << name << " has events that nobody sent";
        for (std::uint64_t seq = 1; seq <= stream->head(); ++seq) {
            const auto read = call.read(*stream, seq - 1, {.events = 1});
            ASSERT_TRUE(read) << read.error().detail;
            ASSERT_EQ(read->front().event_id, sent[seq - 1].event_id);
            ASSERT_EQ(read->front().bytes, sent[seq - 1].bytes);
            ASSERT_EQ(read->front().actor, sent[seq - 1].actor);
            ASSERT_EQ(read->front().cause, sent[seq - 1].cause);
        }
        sent.resize(stream->head());
    }
}

// Several lives of one folder, each cut short somewhere; gives how often power was cut in the
// middle.
std::uint64_t crash_again_and_again(std::uint64_t seed) {
    SqlHouse house(seed);
    SeededRandom random(seed * 7 + 1);
    house.seals = {.rows = 1 + random.below(20), .events_always_checked = random.below(50)};
    Promises promises;
    std::uint64_t counter = 0;
    for (int life = 0; life < 5; ++life) {
        const auto cuts = house.disk.power_cuts();
        if (random.below(2) == 0) house.disk.cut_power_after(random.below(60));
        if (auto call = house.start()) {
            if (life > 0) expect_kept(*call, promises);
            if (!testing::Test::HasFatalFailure())
                publish_for(house, *call, random, promises, counter, random.below(300));
        } else if (house.disk.power_cuts() == cuts) {
            ADD_FAILURE() << call.error().reason << ": " << call.error().detail;
        }
        if (house.disk.power_cuts() == cuts && random.below(3) > 0) house.disk.cut_power();
        house.crash();
        house.disk.kill_process();
        house.fatal.clear();
        if (testing::Test::HasFailure()) break;
    }
    auto call = house.start();
    EXPECT_TRUE(call) << call.error().reason << ": " << call.error().detail;
    if (call) {
        expect_kept(*call, promises);
        expect_streams_match(*call, everything(*call));
    }
    const auto cuts = house.disk.power_cuts();
    house.crash();
    return cuts;
}

}  // namespace

TEST(SqlJournal, KeepsWhatItAcknowledgedWhereverThePowerGoes) {
    std::uint64_t cuts = 0;
    for (std::uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        cuts += crash_again_and_again(seed);
    }
    EXPECT_GT(cuts, 100u);
}

// The same test on a disk that does not sync must fail, or it tests nothing: what was acknowledged
// is then missing, and the start says so or the checker does.
TEST(SqlJournal, ADiskThatLiesIsFoundOut) {
    int found_out = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SqlHouse house(seed);
        {
            auto call = house.start();
            ASSERT_TRUE(call);
            house.disk.lie_about_sync(true);
            const auto stream = call->open("sess_1");
            for (int i = 0; i < 20; ++i)
                ASSERT_TRUE(call->append(*stream, {draft("evt_" + std::to_string(i), "x")}));
        }
        house.disk.cut_power();
        house.crash();
        auto call = house.start();
        if (!call)
            ++found_out;
        else if (house.journal->head_position() < 20)
            ++found_out;
        house.crash();
    }
    EXPECT_GE(found_out, 15);
}

TEST(SqlJournal, AFullDiskRefusesAndRecovers) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    const auto stream = call->open("sess_1");
    ASSERT_TRUE(call->append(*stream, {draft("evt_0", "before")}));
    house.disk.set_capacity(house.disk.used_bytes() + 100'000);
    std::uint64_t written = 0;
    Result<Appended> appended;
    while ((appended = call->append(
                *stream, {draft("evt_a" + std::to_string(written), std::string(30'000, 'x'))})))
        ++written;
    EXPECT_EQ(appended.error().code, Code::unavailable);
    EXPECT_EQ(appended.error().reason, "storage_unavailable");
    EXPECT_EQ(stream->head(), written + 1);
    EXPECT_EQ(house.journal->head_position(), written + 1);

    // Two that were sent without waiting, too large for one group: the second has no chance either,
    // but its writer is not stale.
    std::vector<std::string> reasons;
    for (const std::uint64_t expected : {written + 1, written + 2})
        stream->append(
            expected, {draft("evt_b" + std::to_string(expected), std::string(900'000, 'x'))},
            [&](Result<Appended> refused) { reasons.push_back(refused.error().reason); });
    house.loop.run();
    EXPECT_EQ(reasons, std::vector<std::string>(2, "storage_unavailable"));
    EXPECT_EQ(house.journal->health(), Health::full);

    house.disk.set_capacity(UINT64_MAX);
    EXPECT_TRUE(call->append(*stream, {draft("evt_c", "after")}));
    EXPECT_EQ(house.journal->health(), Health::ok);
    EXPECT_TRUE(house.fatal.empty());
    EXPECT_EQ(everything(*call).size(), written + 2);
}

// A balancer that has taken the server out sends no publish that could find it out.
TEST(SqlJournal, AFullDiskIsLookedAtAgainWithoutAPublish) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    const auto stream = call->open("sess_1");
    ASSERT_TRUE(call->append(*stream, {draft("evt_0", "before")}));
    const auto asked = [&] {
        house.clock.advance(std::chrono::seconds(2));
        const Health then = house.journal->health();
        house.loop.run();
        return std::pair(then, house.journal->health());
    };
    const auto writes = [&] { return house.disk.counters().writes; };
    const std::uint64_t well = writes();
    EXPECT_EQ(asked(), std::pair(Health::ok, Health::ok));
    EXPECT_EQ(writes(), well);  // Nobody looks while all is well.

    house.disk.set_capacity(house.disk.used_bytes());
    ASSERT_FALSE(call->append(*stream, {draft("evt_1", "no room")}));
    EXPECT_EQ(asked(), std::pair(Health::full, Health::full));
    house.disk.set_capacity(UINT64_MAX);
    EXPECT_EQ(house.journal->health(), Health::full);  // Too soon after the last look.
    house.loop.run();
    EXPECT_EQ(house.journal->health(), Health::full);
    EXPECT_EQ(asked(), std::pair(Health::full, Health::ok));

    EXPECT_TRUE(house.fatal.empty());
    EXPECT_EQ(house.journal->head_position(), 1u);  // A look writes no event.
    ASSERT_TRUE(house.stop());
    call = house.start();  // Checks the whole chain.
    ASSERT_TRUE(call) << call.error().detail;
    EXPECT_EQ(everything(*call).size(), 1u);
}

// After a failed sync nobody knows what is on the disk: nothing is acknowledged any more, and the
// next start finds a journal with everything that was.
TEST(SqlJournal, AFailingDiskEndsTheJournal) {
    struct Case {
        const char* name;
        Operation operation;
        const char* file;
    };
    const Case cases[] = {
        {"the commit's sync", Operation::sync, "journal.db-wal"},
        {"the commit's write", Operation::write, "journal.db-wal"},
        {"the mark's sync", Operation::sync, "journal.mark"},
        {"the mark's write", Operation::write, "journal.mark"},
        {"the checkpoint's sync", Operation::sync, "journal.db"},
        {"the checkpoint's write", Operation::write, "journal.db"},
    };
    for (const auto& [name, operation, file] : cases) {
        SCOPED_TRACE(name);
        SqlHouse house(7);
        auto call = house.start();
        ASSERT_TRUE(call);
        auto stream = call->open("sess_1");
        ASSERT_TRUE(call->append(*stream, {draft("evt_first", "x")}));
        house.disk.fail(operation, file);
        std::uint64_t acknowledged = 1;
        Result<Appended> appended;
        for (int i = 0; i < 2000 && house.fatal.empty(); ++i) {
            appended =
                call->append(*stream, {draft("evt_" + std::to_string(i), std::string(9000, 'x'))});
            if (appended) ++acknowledged;
        }
        ASSERT_EQ(house.fatal.size(), 1u);
        EXPECT_EQ(house.journal->health(), Health::failed);
        EXPECT_EQ(house.fatal.front().reason, "storage_failed");
        if (!appended) EXPECT_EQ(appended.error().reason, "commit_failed");
        const auto refused = call->append(*stream, {draft("evt_later", "x")});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "storage_unavailable");
        EXPECT_EQ(house.fatal.size(), 1u);                   // Told once.
        EXPECT_TRUE(call->read(*stream, 0, {.events = 1}));  // What is durable can still be read.
        stream.reset();
        // The process restarts and finds in memory what never came to the disk; then the power
        // goes. What the second life acknowledged, on top of it, must still be there.
        house.crash();
        house.disk.kill_process();
        for (const std::uint64_t more : {1u, 0u}) {
            call = house.start();
            ASSERT_TRUE(call) << call.error().detail;
            EXPECT_GE(house.journal->head_position(), acknowledged);
            EXPECT_LE(house.journal->head_position(), acknowledged + 1);
            if (more == 0) break;
            acknowledged = house.journal->head_position() + more;
            stream = call->open("sess_1");
            ASSERT_TRUE(call->append(*stream, {draft("evt_second_life", "x")}));
            stream.reset();
            house.disk.cut_power();
            house.crash();
        }
        house.crash();
    }
}

TEST(SqlJournal, ErasedBytesAreInNoFileAndTheChainHolds) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    const std::string secret = "my account number is 4711-0815";
    const std::string long_secret = std::string(40'000, 'q') + secret;
    {
        const auto stream = call->open("sess_1");
        const auto other = call->open("sess_2");
        for (int i = 0; i < 30; ++i) {
            stream->append(static_cast<std::uint64_t>(i),
                           {draft("evt_" + std::to_string(i), i == 7    ? secret
                                                              : i == 20 ? long_secret
                                                                        : "harmless")},
                           [](auto) {});
            other->append(static_cast<std::uint64_t>(i),
                          {draft("evt_" + std::to_string(i), "other")}, [](auto) {});
        }
        house.loop.run();
    }
    const auto before = everything(*call);
    const auto erase = [&](std::uint64_t first, std::uint64_t last) {
        return wait_for<std::uint64_t>(house.loop, [&](auto done) {
            house.journal->erase("sess_1", first, last, house.loop, std::move(done));
        });
    };
    EXPECT_EQ(erase(8, 8).value_or(0), 1u);
    EXPECT_EQ(erase(8, 8).value_or(9), 0u);  // Once is enough.
    EXPECT_EQ(erase(15, 99).value_or(0), 16u);
    for (const auto& file : house.disk.files())
        EXPECT_EQ(house.disk.contents(file)->find("4711-0815"), std::string::npos) << file;

    for (int life = 0; life < 2; ++life) {
        const auto after = everything(*call);
        ASSERT_EQ(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            StoredEvent expected = before[i].event;
            if (before[i].stream == "sess_1" && (expected.seq == 8 || expected.seq >= 15)) {
                expected.bytes.clear();
                expected.erased = true;
            }
            EXPECT_EQ(after[i].event, expected);
        }
        expect_streams_match(*call, after);
        ASSERT_TRUE(house.stop());
        call = house.start();  // Checks the whole chain.
        ASSERT_TRUE(call) << call.error().detail;
    }
    const auto stream = call->open("sess_1");
    EXPECT_EQ(stream->find("evt_7"), 8u);  // The id stays taken.
    ASSERT_TRUE(call->append(*stream, {draft("evt_30", "goes on")}));
}

TEST(SqlJournal, CommitsComeBetweenTheRowsOfAnErasureAndACloseAfterThem) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    const auto stream = call->open("sess_1");
    const auto other = call->open("sess_2");
    for (int i = 0; i < 20; ++i)  // Each a row of its own.
        ASSERT_TRUE(call->append(*stream, {draft("evt_" + std::to_string(i), "forget me")}));
    std::vector<std::string> order;
    house.journal->erase("sess_1", 1, 20, house.loop, [&](Result<std::uint64_t> erased) {
        EXPECT_EQ(erased.value_or(0), 20u);
        order.emplace_back("erased");
    });
    for (int jobs = 0; jobs < 4; ++jobs) ASSERT_TRUE(house.loop.run_one());
    other->append(0, {draft("evt_0", "keep me")}, [&](Result<Appended> appended) {
        EXPECT_TRUE(appended);
        order.emplace_back("appended");
    });
    house.journal->close(house.loop, [&](Status closed) {
        EXPECT_TRUE(closed);
        order.emplace_back("closed");
    });
    house.loop.run();
    EXPECT_EQ(order, (std::vector<std::string>{"appended", "erased", "closed"}));
    for (const auto& file : house.disk.files())
        EXPECT_EQ(house.disk.contents(file)->find("forget me"), std::string::npos) << file;
}

// A retention run: whole streams that ended before a day lose their bytes.
TEST(SqlJournal, RetentionErasesStreamsThatEndedBeforeADay) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    std::map<std::string, std::unique_ptr<Stream>> streams;
    for (const char* name : {"sess_old", "sess_long", "sess_new"}) streams[name] = call->open(name);
    const auto say = [&](const char* name, const std::string& text) {
        Stream& stream = *streams[name];
        ASSERT_TRUE(call->append(
            stream, {draft("evt_" + std::to_string(stream.head()), text + std::string(200, '.'))}));
    };
    for (int i = 0; i < 20; ++i) {
        say("sess_old", "forget me");
        say("sess_long", "keep me");
    }
    house.clock.advance(std::chrono::hours(48));
    const WallTime day = house.clock.wall();
    say("sess_long", "still here");
    say("sess_new", "just begun");

    const auto heads = call->list("sess_");
    ASSERT_TRUE(heads);
    std::uint64_t erased = 0;
    for (const StreamHead& head : *heads)
        if (head.recorded_at < day)
            erased +=
                wait_for<std::uint64_t>(house.loop, [&](auto done) {
                    house.journal->erase(head.stream, 1, head.head, house.loop, std::move(done));
                }).value_or(0);
    EXPECT_EQ(erased, 20u);
    streams.clear();
    ASSERT_TRUE(house.stop());
    for (const auto& file : house.disk.files())
        EXPECT_EQ(house.disk.contents(file)->find("forget me"), std::string::npos) << file;
    EXPECT_NE(house.disk.contents(house.folder.database())->find("keep me"), std::string::npos);
    call = house.start();
    ASSERT_TRUE(call) << call.error().detail;
    EXPECT_TRUE(call->read("sess_old", 0)->front().erased);
    EXPECT_FALSE(call->read("sess_long", 0)->front().erased);
}

// With seals a start checks only what came after one, and the rest in the background.
TEST(SqlJournal, ASealSparesTheStartWhatTheBackgroundChecks) {
    SqlHouse house(1);
    house.seals = {.rows = 10, .events_always_checked = 20};
    auto call = house.start();
    ASSERT_TRUE(call);
    {
        const auto stream = call->open("sess_1");
        for (int i = 0; i < 95; ++i)
            ASSERT_TRUE(call->append(
                *stream, {draft("evt_" + std::to_string(i), "word " + std::to_string(1000 + i))}));
    }
    ASSERT_TRUE(house.stop());
    house.disk.kill_process();
    const std::string database = house.folder.database();
    const std::string whole = *house.disk.contents(database);
    const auto flip = [&](const std::string& word) {
        house.disk.set_contents(database, whole);
        house.disk.flip_bit(database, whole.find(word) * 8);
    };
    // 95 events, one a row: the newest seal that leaves 20 stands at 70.
    flip("word 1071");
    EXPECT_EQ(house.start().error().reason, "journal_corrupt");

    flip("word 1030");
    call = house.start();
    ASSERT_TRUE(call) << call.error().detail;
    EXPECT_TRUE(house.corrupt.empty());
    house.loop.run();
    ASSERT_EQ(house.corrupt.size(), 1u);
    EXPECT_EQ(house.journal->health(), Health::corrupt);
    EXPECT_NE(house.corrupt.front().detail.find("position 31 "), std::string::npos);
    house.crash();
    house.corrupt.clear();

    // Seals that are gone or torn cost only time.
    for (const std::size_t left : {std::size_t{0}, std::size_t{100}, std::size_t{300}}) {
        house.disk.kill_process();
        house.disk.set_contents(database, whole);
        house.disk.set_contents(house.folder.seals(),
                                house.disk.contents(house.folder.seals())->substr(0, left));
        call = house.start();
        ASSERT_TRUE(call);
        EXPECT_EQ(everything(*call).size(), 95u);
        EXPECT_TRUE(house.corrupt.empty());
        house.crash();
    }
}

// Whoever stops does not wait until all of history has been checked, with a close or without.
TEST(SqlJournal, TheCheckInTheBackgroundEndsWithTheJournal) {
    SqlHouse house(1);
    house.seals = {.rows = 10, .events_always_checked = 20};
    auto call = house.start();
    ASSERT_TRUE(call);
    {
        const auto stream = call->open("sess_1");
        for (int i = 0; i < 95; ++i)
            ASSERT_TRUE(call->append(
                *stream, {draft("evt_" + std::to_string(i), std::string(60'000, 'x'))}));
    }
    ASSERT_TRUE(house.stop());
    const auto jobs_of = [&](auto end) {
        EXPECT_TRUE(house.start());
        house.loop.run_one();  // One slice of many.
        end();
        int jobs = 0;
        while (house.loop.run_one()) ++jobs;
        house.crash();
        return jobs;
    };
    EXPECT_GT(jobs_of([] {}), 10);
    EXPECT_LT(jobs_of([&] { house.journal->close(house.loop, [](Status) {}); }), 8);
    EXPECT_LT(jobs_of([&] { house.journal->stop_scrub(); }), 3);
    EXPECT_LT(jobs_of([&] { house.journal.reset(); }), 3);
}

namespace {

// A worker that does something else first, once, in the middle of whoever submits.
class Meddler final : public Worker {
public:
    explicit Meddler(Worker& behind) : behind_(behind) {}
    void submit(Job job) override {
        if (meddle) std::exchange(meddle, {})();
        behind_.submit(std::move(job));
    }
    Job meddle;

private:
    Worker& behind_;
};

}  // namespace

// What was appended before the close is settled by it, what comes during it is refused.
TEST(SqlJournal, NothingSlipsBehindTheClose) {
    SqlHouse house(1);
    Meddler writer(house.loop);
    auto opened = SqlJournal::open({.folder = house.folder,
                                    .writer = writer,
                                    .marker = house.loop,
                                    .reader = house.loop,
                                    .clock = house.clock,
                                    .random = house.random,
                                    .boot = {1, 2}});
    ASSERT_TRUE(opened);
    Caller call(**opened, house.loop);
    const auto stream = call.open("sess_1");
    ASSERT_TRUE(call.append(*stream, {draft("evt_1", "x")}));
    std::string outcome;
    writer.meddle = [&] {
        stream->append(1, {draft("evt_2", "x")}, [&](Result<Appended> appended) {
            outcome = appended ? "stands" : appended.error().reason;
        });
    };
    (*opened)->close(house.loop, [&](Status closed) { EXPECT_TRUE(closed); });
    house.loop.run();
    EXPECT_EQ(outcome, "storage_unavailable");
}

// A reader that is never done must not keep the log from being emptied.
TEST(SqlJournal, ReadersDoNotPinTheLog) {
    SqlHouse house(1);
    auto call = house.start();
    ASSERT_TRUE(call);
    const auto stream = call->open("sess_1");
    for (int i = 0; i < 600; ++i) {
        ASSERT_TRUE(
            call->append(*stream, {draft("evt_" + std::to_string(i), std::string(50'000, 'x'))}));
        if (i % 3 == 0) ASSERT_TRUE(call->read(*stream, stream->head() / 2, {100, 4 << 20}));
    }
    EXPECT_LT(house.disk.contents(house.folder.database() + "-wal")->size(), 16u << 20);
    EXPECT_GT(house.disk.contents(house.folder.database())->size(), 20u << 20);
}

TEST(SqlJournal, TwoJournalsCannotShareAFolder) {
    char name[] = "/tmp/lifeline-journal-XXXXXX";
    const std::string path = mkdtemp(name);
    {
        ManualClock clock;
        ManualLoop loop(clock);
        SeededRandom random(1);
        const auto options = [&]() -> SqlJournalOptions {
            return {.folder = {path},
                    .writer = loop,
                    .marker = loop,
                    .reader = loop,
                    .clock = clock,
                    .random = random};
        };
        auto first = SqlJournal::open(options());
        ASSERT_TRUE(first) << first.error().detail;
        const auto second = SqlJournal::open(options());
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().reason, "folder_in_use");
        first->reset();
        EXPECT_TRUE(SqlJournal::open(options()));
    }
    std::filesystem::remove_all(path);
}

// Real threads, a real disk, several loops: for the thread sanitizer, and for the order of things.
TEST(SqlJournal, HoldsUnderRealThreads) {
    char name[] = "/tmp/lifeline-journal-XXXXXX";
    const std::string path = mkdtemp(name);
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<SqlJournal> journal;
    {
        AsioLoop loops[2];
        std::vector<std::jthread> threads;
        for (AsioLoop& loop : loops) threads.emplace_back([&loop] { loop.run(); });
        ThreadWorker writer("writer");
        ThreadWorker marker("marker");
        ThreadWorker reader("reader");
        auto opened = SqlJournal::open({.folder = {path},
                                        .writer = writer,
                                        .marker = marker,
                                        .reader = reader,
                                        .clock = clock,
                                        .random = random});
        ASSERT_TRUE(opened) << opened.error().detail;
        journal = std::move(*opened);

        constexpr int streams_per_loop = 8;
        constexpr std::uint64_t events_each = 100;
        struct Talker {
            std::unique_ptr<Stream> stream;
            std::atomic<int>* done;
            void talk() {
                const auto head = stream->head();
                if (head == events_each) {
                    stream->read(0, {events_each, 1 << 20}, [this](auto read) {
                        EXPECT_TRUE(read && read->size() == events_each);
                        ++*done;
                    });
                    return;
                }
                stream->append(head, {draft("evt_" + std::to_string(head), std::string(300, 'x'))},
                               [this](Result<Appended> appended) {
                                   EXPECT_TRUE(appended);
                                   talk();
                               });
            }
        };
        std::atomic<int> done = 0;
        std::vector<std::unique_ptr<Talker>> talkers[2];
        for (int i = 0; i < 2; ++i)
            for (int k = 0; k < streams_per_loop; ++k)
                journal->open("sess_" + std::to_string(i) + "_" + std::to_string(k), loops[i],
                              [&, i](auto stream) {
                                  ASSERT_TRUE(stream);
                                  talkers[i].push_back(
                                      std::make_unique<Talker>(Talker{std::move(*stream), &done}));
                                  talkers[i].back()->talk();
                              });
        while (done < 2 * streams_per_loop) std::this_thread::yield();
        EXPECT_EQ(journal->head_position(), 2 * streams_per_loop * events_each);
        for (int i = 0; i < 2; ++i) {
            std::atomic<bool> gone = false;
            loops[i].post([&] {
                talkers[i].clear();
                gone = true;
            });
            while (!gone) std::this_thread::yield();
        }
        std::atomic<bool> closed = false;
        journal->close(loops[0], [&](Status status) {
            EXPECT_TRUE(status);
            closed = true;
        });
        while (!closed) std::this_thread::yield();
        for (AsioLoop& loop : loops) loop.stop();
    }
    journal.reset();
    std::filesystem::remove_all(path);
}

}  // namespace lifeline::journal
