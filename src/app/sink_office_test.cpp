#include "app/sink_office.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;

// A line for each charge; what the sink says of it is the status.
class LineAdapter final : public sinks::Adapter {
public:
    const sinks::Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const sinks::Charge&) const override { return {}; }
    sinks::Request request(std::span<const sinks::Item> items, WallTime) const override {
        return {.method = "POST", .path = items.front().charge->id, .headers = {}, .body = {}};
    }
    std::vector<sinks::Reply> replies(std::span<const sinks::Item> items,
                                      const Result<net::Response>& answer) const override {
        using Meaning = sinks::Reply::Meaning;
        sinks::Reply reply{.meaning = Meaning::unknown, .of = sinks::Reply::Of::sink};
        if (answer) {
            reply = {.meaning = answer->status == 200   ? Meaning::delivered
                                : answer->status == 409 ? Meaning::duplicate
                                                        : Meaning::permanent,
                     .status = answer->status,
                     .message = "so it says"};
        }
        return std::vector(items.size(), reply);
    }
    std::optional<sinks::Request> question(const sinks::Charge& charge) const override {
        return sinks::Request{.method = "GET", .path = charge.id, .headers = {}, .body = {}};
    }
    sinks::Found found(const sinks::Charge&, const Result<net::Response>& answer) const override {
        using What = sinks::Found::What;
        if (!answer) return {};
        return {.what = answer->status == 200 ? What::present : What::absent};
    }

private:
    sinks::Capability capability_{.dedupe_window = 24h, .read_back = sinks::ReadBack::record};
};

// What is there stays there when our process dies.
struct Sink {
    std::map<std::string, int> has;
    std::set<std::string> refused;
    bool silent = false;                  // It takes what it is sent, and does not answer.
    std::vector<std::string> asked = {};  // "POST bu_1"
    std::vector<WallTime> times = {};     // When, each of them.
};

class SinkCourier final : public sinks::Courier {
public:
    SinkCourier(Loop& loop, Sink& sink) : loop_(loop), sink_(sink) {}
    void carry(sinks::Request request, Done done) override {
        sink_.asked.push_back(request.method + " " + request.path);
        sink_.times.push_back(loop_.clock().wall());
        net::Response answer;
        if (request.method == "GET") {
            answer.status = sink_.has.contains(request.path) ? 200 : 404;
        } else if (sink_.refused.contains(request.path)) {
            answer.status = 400;
        } else {
            answer.status = sink_.has[request.path]++ == 0 ? 200 : 409;
            if (answer.status == 409) --sink_.has[request.path];
        }
        loop_.post(
            [answer = std::move(answer), silent = sink_.silent, done = std::move(done)]() mutable {
                if (silent) return done(fail(Code::unavailable, "peer_unavailable", "no answer"));
                done(std::move(answer));
            });
    }

private:
    Loop& loop_;
    Sink& sink_;
};

class House {
public:
    House() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~House() {
        close();
        std::filesystem::remove_all(folder);
    }
    void open(std::size_t letters_max = 100) {
        outbox.emplace(loop, loop, journal);
        writer.emplace(loop, journal, [this] { outbox->poke(); });
        office.emplace(SinkOffice::Parts{.home = loop, .outbox = *outbox, .writer = *writer});
        office->add({.home = loop,
                     .random = random,
                     .outbox = *outbox,
                     .writer = *writer,
                     .adapter = std::make_unique<LineAdapter>(),
                     .courier = std::make_unique<SinkCourier>(loop, sink)},
                    {.name = "one",
                     .kind = "webhook",
                     .from = {},
                     .dead_letters_max = letters_max,
                     .began = journal.head_position()});
        outbox->start((folder / "deliveries.db").string(), [this](const Status& ready) {
            ASSERT_TRUE(ready);
            office->start();
        });
    }
    // As kill -9 leaves it: what is under way is gone.
    void close() {
        office.reset();
        writer.reset();
        outbox.reset();
    }
    void charge(const std::string& id, const std::string& quantity = "5") {
        ASSERT_TRUE(writer);
        writer->write(
            {.stream = "acct_one",
             .name = "book:" + id,
             .type = "billing.usage.recorded",
             .payload = fmt::format(
                 R"({{"accountId":"acct_one","amount":"7","card":"standard","cardSha256":"{}",)"
                 R"("cardVersion":1,"currency":"EUR","idempotencyKey":"{}","item":"minutes",)"
                 R"("meter":"call.duration_ms","quantity":"{}","recordCount":1,)"
                 R"("recordsHash":"{}","unit":"ms","window":"2026-02-16T10:00Z"}})",
                 std::string(64, 'a'), id, quantity, std::string(64, 'b')),
             .done = [](const Status& written) { ASSERT_TRUE(written); }});
    }
    void live(Millis time = 1min) { loop.run_for(time); }
    api::SinkDesk::Sink state() {
        std::optional<api::SinkDesk::Sink> found;
        office->list(loop, [&](const Result<std::vector<api::SinkDesk::Sink>>& sinks) {
            found = sinks->front();
        });
        live();
        return *found;
    }
    // waiting, delivered, parked, discarded
    std::string counts() {
        const auto c = state().counts;
        return fmt::format("{} {} {} {}", c.waiting, c.delivered, c.parked, c.discarded);
    }
    std::optional<outbox::DeadLetter> letter(const std::string& charge) {
        std::optional<outbox::DeadLetter> found;
        outbox->ask<std::optional<outbox::DeadLetter>>(
            loop, [&](auto letter) { found = *std::move(letter); },
            [charge](outbox::OutboxStore& store) {
                return store.dead_letter(outbox::dead_letter_id("one", charge));
            });
        live();
        return found;
    }
    struct Wish {
        bool discards = false;
        std::vector<std::string> ids = {};
        outbox::DeadLetterQuery of = {};
        bool dry_run = false;
    };
    Result<std::vector<std::string>> move(const Wish& wish) {
        api::SinkDesk::Moving moving{.discards = wish.discards,
                                     .ids = wish.ids,
                                     .of = wish.of,
                                     .dry_run = wish.dry_run,
                                     .by = "usr_op",
                                     .reason = "x"};
        Result<std::vector<std::string>> moved;
        office->move(std::move(moving), loop,
                     [&](Result<std::vector<std::string>> ids) { moved = std::move(ids); });
        live();
        return moved;
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("sink_office_" + std::to_string(::getpid()));
    VirtualLoop loop;
    SeededRandom random{7};
    journal::MemoryJournal journal{loop.clock(), "memory"};
    Sink sink;
    std::optional<outbox::Outbox> outbox;
    std::optional<StreamWriter> writer;
    std::optional<SinkOffice> office;
};

TEST(SinkOffice, WhatIsBookedIsSentOnce) {
    House at;
    at.open();
    at.live();
    for (int i = 0; i < 30; ++i) at.charge(fmt::format("bu_{}", i));
    at.live();
    EXPECT_EQ(at.counts(), "0 30 0 0");
    EXPECT_EQ(at.sink.asked.size(), 30u);
    at.close();
    at.open();
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 30 0 0");
    EXPECT_EQ(at.sink.asked.size(), 30u) << "and not after a restart";
    at.close();
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(at.folder / ("deliveries.db" + std::string(suffix)));
    at.open();
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 30 0 0");
    EXPECT_EQ(at.sink.asked.size(), 30u) << "nor without its view";
}

TEST(SinkOffice, WhatMayBeThereIsAskedForOnceItsIdIsForgotten) {
    House at;
    at.open();
    at.live();
    at.sink.silent = true;
    at.charge("bu_1");
    at.live(1s);
    EXPECT_EQ(at.sink.asked, (std::vector<std::string>{"POST bu_1"}));
    at.close();
    at.live(48h);
    at.sink.silent = false;
    at.open();
    at.live();
    EXPECT_EQ(at.sink.asked, (std::vector<std::string>{"POST bu_1", "GET bu_1"}));
    EXPECT_EQ(at.counts(), "0 1 0 0");
    EXPECT_EQ(at.sink.has["bu_1"], 1);
}

TEST(SinkOffice, NeverMoreDeadLettersThanMayBe) {
    House at;
    at.open(4);
    at.live();
    for (int i = 0; i < 12; ++i) {
        at.sink.refused.insert(fmt::format("bu_{}", i));
        at.charge(fmt::format("bu_{}", i));
    }
    at.live(10min);
    EXPECT_EQ(at.counts(), "8 0 4 0") << "and nothing is dropped";
    EXPECT_EQ(at.state().state, "stopped");
    EXPECT_TRUE(at.state().message.contains("dead_letters_max"));
    at.close();
    at.open(4);
    at.live(10min);
    EXPECT_EQ(at.counts(), "8 0 4 0");
    at.sink.refused.clear();
    ASSERT_EQ(at.move({.discards = true}).value().size(), 4u);
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 8 0 4");
    EXPECT_EQ(at.state().state, "running");
}

TEST(SinkOffice, APersonSendsAgainOrGivesUp) {
    House at;
    at.open();
    at.live();
    at.sink.refused = {"bu_1", "bu_2", "bu_3"};
    for (const char* id : {"bu_1", "bu_2", "bu_3", "bu_4"}) at.charge(id);
    at.live();
    EXPECT_EQ(at.counts(), "0 1 3 0");
    const std::string first = outbox::dead_letter_id("one", "bu_1");
    EXPECT_EQ(at.move({.dry_run = true}).value().size(), 3u);
    EXPECT_EQ(at.counts(), "0 1 3 0");
    at.sink.refused.clear();
    EXPECT_EQ(at.move({.ids = {first}}).value().size(), 1u);
    EXPECT_EQ(at.counts(), "0 2 2 0");
    EXPECT_EQ(at.move({.ids = {first}}).error().reason, "dead_letter_not_found");
    EXPECT_EQ(at.move({.of = {.account_id = "acct_two"}}).value().size(), 0u);
    EXPECT_EQ(at.move({.of = {.sink = "two"}}).error().reason, "sink_not_found");
    const std::string second = outbox::dead_letter_id("one", "bu_2");
    EXPECT_EQ(at.move({.discards = true, .ids = {second}}).value().size(), 1u);
    at.close();
    at.open();  // Now they are of a process that is gone.
    at.live();
    EXPECT_EQ(at.move({}).value().size(), 1u);
    EXPECT_EQ(at.counts(), "0 3 0 1");
    EXPECT_EQ(at.sink.has, (std::map<std::string, int>{{"bu_1", 1}, {"bu_3", 1}, {"bu_4", 1}}));
}

TEST(SinkOffice, AThousandThatAreSentAgainGoAsTheSinkTakesThem) {
    constexpr int many = 1'000;
    House at;
    at.open(2 * many);
    at.live();
    for (int i = 0; i < many; ++i) {
        at.sink.refused.insert(fmt::format("bu_{}", i));
        at.charge(fmt::format("bu_{}", i));
    }
    at.live(10min);
    ASSERT_EQ(at.counts(), "0 0 1000 0");
    at.sink.refused.clear();
    at.sink.asked.clear();
    at.sink.times.clear();
    at.office->move({.by = "usr_op", .reason = "x"}, at.loop,
                    [&](const Result<std::vector<std::string>>& ids) {
                        ASSERT_EQ(ids.value().size(), std::size_t{many});
                        at.charge("bu_booked_meanwhile");
                    });
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 1001 0 0");
    ASSERT_EQ(at.sink.asked.size(), std::size_t{many + 1});
    // 25 a second, of which a second's worth may come at once.
    for (std::size_t i = 50; i < at.sink.times.size(); ++i)
        ASSERT_GT(at.sink.times[i] - at.sink.times[i - 50], Millis(990)) << i;
    EXPECT_GE(at.sink.times.back() - at.sink.times.front(), Millis(39'000));
    const auto fresh = std::ranges::find(at.sink.asked, "POST bu_booked_meanwhile");
    EXPECT_LT(fresh - at.sink.asked.begin(), many / 2) << "it does not wait behind them all";
    for (const auto& [id, times] : at.sink.has) EXPECT_EQ(times, 1) << id;
}

TEST(SinkOffice, WhatIsToBeSentAgainHoldsOverARestart) {
    House at;
    at.open(1'000);
    at.live();
    for (int i = 0; i < 400; ++i) {
        at.sink.refused.insert(fmt::format("bu_{}", i));
        at.charge(fmt::format("bu_{}", i));
    }
    at.live(10min);
    ASSERT_EQ(at.counts(), "0 0 400 0");
    at.sink.refused.clear();
    at.office->move({.by = "usr_op", .reason = "x"}, at.loop,
                    [](const Result<std::vector<std::string>>& ids) { ASSERT_TRUE(ids); });
    at.live(2s);
    at.close();
    EXPECT_LT(at.sink.has.size(), 300u) << "not all of them";
    at.open(1'000);
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 400 0 0");
    for (const auto& [id, times] : at.sink.has) EXPECT_EQ(times, 1) << id;
}

TEST(SinkOffice, WhatCannotBeReadWaitsForAPersonAndHoldsUpNobody) {
    House at;
    at.open();
    at.live();
    at.charge("bu_1", "9999999999999999999");
    at.charge("bu_2");
    at.live();
    EXPECT_EQ(at.counts(), "0 1 1 0");
    EXPECT_EQ(at.sink.asked, (std::vector<std::string>{"POST bu_2"}));
    const auto letter = at.letter("bu_1");
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->because, "permanent");
    EXPECT_EQ(letter->attempts, 0u);
    EXPECT_TRUE(letter->message.contains("9999999999999999999")) << letter->message;
    EXPECT_EQ(at.move({}).value().size(), 1u);
    at.live();
    EXPECT_EQ(at.counts(), "0 1 1 0") << "sent again it waits again";
    at.close();
    at.open();
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 1 1 0");
    EXPECT_EQ(at.move({.discards = true}).value().size(), 1u);
    EXPECT_EQ(at.counts(), "0 1 0 1");
    EXPECT_EQ(at.sink.asked.size(), 1u);
}

TEST(SinkOffice, WhatCannotBeReadAndNotBeWrittenStopsItToo) {
    House at;
    at.open();
    at.live();
    at.charge("bu_1", "9999999999999999999");
    while (at.journal.head_position() == 0 && at.loop.run_one()) continue;
    at.journal.refuse_appends(Error{Code::unavailable, "storage_unavailable", "full", {}});
    at.live();
    EXPECT_EQ(at.state().state, "stopped");
    at.journal.refuse_appends({});
    at.office->resume({"one", "usr_op", "room again"}, at.loop,
                      [](const Result<api::SinkDesk::Sink>& sink) { ASSERT_TRUE(sink); });
    at.live();
    EXPECT_EQ(at.counts(), "0 0 1 0");
    EXPECT_EQ(at.state().state, "running");
}

TEST(SinkOffice, WhatCannotBeWrittenStopsItUntilItIsToldToGoOn) {
    House at;
    at.open();
    at.live();
    at.charge("bu_1");
    at.charge("bu_2");
    at.sink.silent = true;
    at.live(1s);  // Both are there, and nobody has said so.
    at.sink.silent = false;
    at.journal.refuse_appends(Error{Code::unavailable, "storage_unavailable", "full", {}});
    at.live();
    EXPECT_EQ(at.state().state, "stopped");
    EXPECT_TRUE(at.state().message.contains("storage_unavailable"));
    at.journal.refuse_appends({});
    at.live(10min);
    EXPECT_EQ(at.state().state, "stopped");
    at.office->resume({"one", "usr_op", "room again"}, at.loop,
                      [](const Result<api::SinkDesk::Sink>& sink) { ASSERT_TRUE(sink); });
    at.live(10min);
    EXPECT_EQ(at.counts(), "0 2 0 0");
    EXPECT_EQ(at.sink.has, (std::map<std::string, int>{{"bu_1", 1}, {"bu_2", 1}}));
}

TEST(SinkOffice, OfTwoWhoWantTheSameOneGetsIt) {
    House at;
    at.open();
    at.live();
    at.sink.refused = {"bu_1"};
    at.charge("bu_1");
    at.live();
    std::vector<std::size_t> got;
    for (int i = 0; i < 2; ++i)
        at.office->move({.by = "usr_op", .reason = "x"}, at.loop,
                        [&](const Result<std::vector<std::string>>& ids) {
                            got.push_back(ids.value().size());
                        });
    at.live(1s);
    std::ranges::sort(got);
    EXPECT_EQ(got.back(), 1u);
}

TEST(SinkOffice, ASinkIsAskedWhatItHas) {
    House at;
    at.open();
    at.live();
    at.charge("bu_1");
    at.charge("bu_2");
    at.live();
    at.sink.has.erase("bu_2");
    std::optional<api::SinkDesk::ReadBack> read;
    at.office->read_back(
        {"one", "acct_one", "minutes", *parse_window("2026-02-16T10:00Z")}, at.loop,
        [&](const Result<api::SinkDesk::ReadBack>& answer) { read = answer.value(); });
    at.live(1s);
    ASSERT_TRUE(read && read->quantity);
    EXPECT_EQ(*read->quantity, 5);
    EXPECT_EQ(read->present, std::vector<std::string>{"bu_1"});
    EXPECT_EQ(read->absent, std::vector<std::string>{"bu_2"});
    std::vector<outbox::Delivery> of;
    at.office->deliveries_of("bu_none", at.loop, [&](Result<std::vector<outbox::Delivery>> found) {
        of = *std::move(found);
    });
    at.live(1s);
    ASSERT_EQ(of.size(), 1u);
    EXPECT_EQ(of[0].state, outbox::State::waiting);
}

}  // namespace
}  // namespace lifeline::app
