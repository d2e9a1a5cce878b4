#include "app/sink_questions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/test_folder.h"
#include "base/virtual_loop.h"
#include "journal/memory_journal.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;
using Desk = api::SinkDesk;

const std::string account = "acct_one";
const Window nine = *parse_window("2026-02-16T09:00Z");

// A sink that gives sums, and what it has: by account, item and hour.
class House {
public:
    House() {
        view.emplace(loop, loop, journal);
        view->start((folder / "findings.db").string(),
                    [](const Status& ready) { ASSERT_TRUE(ready); });
        loop.run();
        writer.emplace(loop, journal, [this] { view->poke(); });
        begin();
    }
    ~House() {
        questions.reset();
        writer.reset();
        view.reset();
    }
    void begin() {
        questions.emplace(SinkQuestions::Parts{
            .home = loop,
            .findings = *view,
            .writer = *writer,
            .head = [this] { return journal.head_position(); },
            .sinks = {"stripe"},
            .sums = {{.sink = "stripe", .accounts = {account}, .items = {"minutes", "words"}}},
            .from = from,
            .read_back =
                [this](const Desk::Asking& asking, Loop&, journal::Done<Desk::ReadBack> done) {
                    const std::string what =
                        asking.item + " " + text_of(asking.window).substr(11, 2);
                    asked += what + ", ";
                    if (auto meanwhile = while_asked) meanwhile();
                    if (mute) return done(Desk::ReadBack{});
                    if (down) return done(fail(Code::unavailable, "peer_unavailable", ""));
                    loop.start_timer(takes, [this, what, done = std::move(done)]() mutable {
                        done(Desk::ReadBack{.quantity = has[what]});
                    });
                },
            .questions_max = most});
    }
    void charge(const std::string& item, Window hour) {
        const std::string sha(64, 'a');
        writer->write({.stream = account,
                       .name = "test:",
                       .type = "billing.usage.recorded",
                       .payload = R"({"accountId":"acct_one","idempotencyKey":"bu_)" + item +
                                  text_of(hour) + R"(","meter":"call.duration_ms","item":")" +
                                  item + R"(","card":"standard","cardVersion":1,"cardSha256":")" +
                                  sha +
                                  R"(","currency":"EUR","quantity":"5","amount":"5","unit":"ms",)" +
                                  R"("recordCount":1,"recordsHash":")" + sha + R"(","window":")" +
                                  text_of(hour) + R"("})",
                       .done = [](const Status& done) { ASSERT_TRUE(done); }});
        loop.run();
    }
    void deliver(const std::string& item, Window hour) {
        writer->write({.stream = account,
                       .name = "test:",
                       .type = "billing.delivery.completed",
                       .payload = R"({"sink":"stripe","chargeId":"bu_)" + item + text_of(hour) +
                                  R"(","outcome":"delivered","attempts":1})",
                       .done = [](const Status& done) { ASSERT_TRUE(done); }});
        loop.run();
    }
    // How often a sink's word was written down.
    std::size_t words() {
        std::size_t count = 0;
        journal.read(account, 0, {.events = 1'000, .bytes = 1'000'000}, loop, [&](const auto& all) {
            for (const auto& one : *all)
                count += one.bytes.find("billing.counted.elsewhere") != std::string::npos ? 1 : 0;
        });
        loop.run();
        return count;
    }
    // What was asked for, in that order.
    std::string ask(Window first, Window last) {
        asked.clear();
        status.reset();
        questions->ask({first, last}, [this](Status told) { status = std::move(told); });
        for (int i = 0; i < 600 && !status; ++i) loop.run_for(1s);
        EXPECT_TRUE(status.has_value());
        return asked;
    }
    std::string word(const std::string& item, Window hour) {
        std::string found;
        view->ask<std::string>(
            loop, [&](auto answer) { found = *std::move(answer); },
            [=](findings::FindingsStore& store) {
                return store.elsewhere(account, "stripe", item, text_of(hour));
            });
        loop.run();
        const auto at = found.find(R"("quantity":")");
        return at == found.npos ? "" : found.substr(at + 12, found.find('"', at + 12) - at - 12);
    }

    TestFolder folder;
    VirtualLoop loop;
    journal::MemoryJournal journal{loop.clock(), "memory"};
    std::optional<findings::Findings> view;
    std::optional<StreamWriter> writer;
    std::optional<SinkQuestions> questions;
    std::optional<Status> status;
    std::map<std::string, std::int64_t> has;
    std::map<std::string, Window> from;
    std::string asked;
    std::function<void()> while_asked;
    Millis takes{10};
    std::size_t most = 2000;
    bool down = false;
    bool mute = false;
};

TEST(SinkQuestions, AreAlsoOfWhatNobodyWasChargedFor) {
    House at;
    at.charge("minutes", nine);
    at.has = {{"minutes 09", 5}, {"words 10", 7}};
    EXPECT_EQ(at.ask(nine, nine + 1h), "minutes 09, words 09, minutes 10, words 10, ");
    EXPECT_EQ(at.word("minutes", nine), "5");
    EXPECT_EQ(at.word("words", nine + 1h), "7") << "nobody was charged for it";
    EXPECT_EQ(at.word("words", nine), "") << "that there is nothing is not written down";
    at.has["words 10"] = 0;
    at.ask(nine, nine + 1h);
    EXPECT_EQ(at.word("words", nine + 1h), "0") << "but where something was";
    EXPECT_EQ(at.questions->left(), 0u);
}

TEST(SinkQuestions, WhatIsTooMuchForARunIsAskedWithTheNext) {
    House at;
    at.most = 3;
    at.begin();
    at.charge("minutes", nine);
    at.charge("minutes", nine + 1h);
    EXPECT_EQ(at.ask(nine, nine + 1h), "minutes 09, minutes 10, words 09, ");
    EXPECT_EQ(at.questions->left(), 1u);
    EXPECT_EQ(at.ask(nine + 2h, nine + 2h), "words 10, minutes 11, words 11, ");
    EXPECT_EQ(at.questions->left(), 0u);
}

TEST(SinkQuestions, WhatTakesTooLongIsAskedWithTheNext) {
    House at;
    at.takes = 90s;
    EXPECT_EQ(at.ask(nine, nine + 1h), "minutes 09, words 09, ");
    EXPECT_EQ(at.questions->left(), 2u);
    at.takes = 1s;
    EXPECT_EQ(at.ask(nine + 2h, nine + 2h), "minutes 10, words 10, minutes 11, words 11, ");
}

// What was charged is known from the journal, so another process asks for it.
TEST(SinkQuestions, ASinkThatDidNotAnswerIsAskedAgainAfterARestartToo) {
    House at;
    at.charge("minutes", nine);
    at.has = {{"minutes 09", 5}};
    at.down = true;
    EXPECT_EQ(at.ask(nine, nine), "minutes 09, ");
    EXPECT_EQ(at.status->error().reason, "peer_unavailable");
    EXPECT_EQ(at.word("minutes", nine), "");
    at.down = false;
    at.begin();
    EXPECT_EQ(at.ask(nine + 1h, nine + 1h), "minutes 09, minutes 10, words 10, ");
    EXPECT_EQ(at.word("minutes", nine), "5");
    EXPECT_EQ(at.ask(nine + 2h, nine + 2h), "minutes 11, words 11, ") << "once it has said it";
}

TEST(SinkQuestions, AWordIsOfWhenItWasAskedAndWrittenAgainWhereMoreWasDelivered) {
    House at;
    at.charge("minutes", nine);
    at.has = {{"minutes 09", 5}};
    at.ask(nine, nine);
    EXPECT_EQ(at.words(), 1u);
    at.ask(nine, nine);
    EXPECT_EQ(at.words(), 1u) << "it is known";
    // While the sink makes up its answer something is delivered, of which nobody knows whether it
    // is in that.
    at.while_asked = [&] {
        at.while_asked = nullptr;
        at.deliver("minutes", nine);
    };
    at.ask(nine, nine);
    EXPECT_EQ(at.words(), 2u);
    at.ask(nine, nine);
    EXPECT_EQ(at.words(), 3u) << "now it is";
    at.ask(nine, nine);
    EXPECT_EQ(at.words(), 3u);
}

TEST(SinkQuestions, HoursThatAreNothingToASinkAreNotAskedFor) {
    House at;
    at.from = {{"stripe", nine + 1h}};
    at.begin();
    at.charge("minutes", nine);
    EXPECT_EQ(at.ask(nine, nine + 1h), "minutes 10, words 10, ");
}

TEST(SinkQuestions, WhatASinkCannotSayIsNotAskedForEver) {
    House at;
    at.mute = true;
    at.charge("minutes", nine);
    EXPECT_EQ(at.ask(nine, nine), "minutes 09, words 09, ");
    EXPECT_EQ(at.ask(nine + 1h, nine + 1h), "minutes 10, words 10, ");
}

}  // namespace
}  // namespace lifeline::app
