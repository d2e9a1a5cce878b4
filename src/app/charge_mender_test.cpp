#include "app/charge_mender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "contract/json.h"
#include "journal/test_view_house.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;
using findings::Span;

const std::string account = "acct_one";
const Window ten = *parse_window("2026-02-16T10:00Z");

billing::DueEntry charge(const std::string& id, const std::string& item = "minutes",
                         Window window = ten) {
    return {id, account, "billing.usage.recorded",
            R"({"accountId":"acct_one","amount":"7","card":"standard","cardSha256":")" +
                std::string(64, 'a') + R"(","cardVersion":1,"currency":"EUR","idempotencyKey":")" +
                id + R"(","item":")" + item +
                R"(","meter":"call.duration_ms","quantity":"5","recordCount":1,"recordsHash":")" +
                std::string(64, 'b') + R"(","unit":"ms","window":")" + text_of(window) + "\"}"};
}

class House {
public:
    House() {
        loop.clock().set_wall(WallTime(ten + 2h));
        open();
    }
    ~House() { close(); }
    void open() {
        view.emplace(loop, loop, *journal);
        view->start((folder / "findings.db").string(),
                    [](const Status& ready) { ASSERT_TRUE(ready); });
        loop.run();
        writer.emplace(loop, *journal, [this] { view->poke(); });
        mender.emplace(
            ChargeMender::Parts{
                .home = loop,
                .findings = *view,
                .writer = *writer,
                .owed = [this](journal::Done<ChargeMender::Due> done) { owed(std::move(done)); },
                .turn =
                    [this](std::move_only_function<void(Job)> job) {
                        if (meanwhile) std::exchange(meanwhile, {})();
                        job([this] { ++turns; });
                    }},
            ChargeMender::Settings{.owed_max = owed_max});
        mender->start();
        loop.run();
    }
    void close() {
        mender.reset();
        writer.reset();
        view.reset();
    }
    // As kill -9 leaves it: what is under way is gone, and nobody holds a stream.
    void crash() {
        loop.drop_all();
        close();
        journal = journal::found_again(*journal, loop);
    }
    // What is owed and not in the journal, as a fold of it would say.
    void owed(journal::Done<ChargeMender::Due> done) {
        ++asked;
        journal->read_all(0, {.events = 10'000, .bytes = 100'000'000}, loop,
                          [this, done = std::move(done)](const auto& all) mutable {
                              ChargeMender::Due due;
                              if (while_read) while_read();
                              for (const auto& one : owes)
                                  if (stale || count(*all, one.id) == 0) due.push_back(one);
                              done(std::move(due));
                          });
    }
    static std::size_t count(const std::vector<journal::JournalEvent>& all,
                             const std::string& charge_id) {
        return static_cast<std::size_t>(std::ranges::count_if(all, [&](const auto& one) {
            return one.event.bytes.contains("\"idempotencyKey\":\"" + charge_id + "\"");
        }));
    }
    void write(const std::string& type, const std::string& payload) {
        writer->write({.stream = account,
                       .name = "test:",
                       .type = type,
                       .payload = payload,
                       .done = [](const Status& done) { ASSERT_TRUE(done); }});
        loop.run();
    }
    void differs(const std::string& klass = "missing", Window window = ten,
                 const std::string& layer = "book") {
        write("billing.reconciliation.mismatch",
              R"({"findingId":"mm_1","runId":"rr_1","window":")" + text_of(window) +
                  R"(","meter":"call.duration_ms","class":")" + klass + R"(","layer":")" + layer +
                  R"(","item":"minutes","expectedQuantity":"5","recordedQuantity":"0",)"
                  R"("quantityDelta":"-5"})");
    }
    void run_was_made(Window window = ten, std::uint64_t up_to = UINT64_MAX) {
        mender->counted(Span{window, window}, up_to);
        loop.run();
    }
    // "retrying: why, open: why"
    std::string story() {
        std::string told;
        const auto found = find();
        for (const auto& step : found->history) {
            const auto json = *contract::Json::parse(step.payload);
            told += (told.empty() ? "" : ", ") + std::string(json.text("state").value_or("?"));
        }
        return told;
    }
    std::string state() { return std::string(findings::to_text(find()->state)); }
    std::optional<findings::Finding> find() {
        std::optional<findings::Finding> found;
        view->ask<std::optional<findings::Finding>>(
            loop, [&](auto answer) { found = *std::move(answer); },
            [](findings::FindingsStore& store) { return store.find("mm_1"); });
        loop.run();
        return found;
    }
    std::size_t charges(const std::string& id) {
        std::size_t found = 0;
        journal->read_all(0, {.events = 10'000, .bytes = 100'000'000}, loop,
                          [&](const auto& all) { found = count(*all, id); });
        loop.run();
        return found;
    }

    TestFolder folder;
    VirtualLoop loop;
    std::unique_ptr<journal::MemoryJournal> journal =
        std::make_unique<journal::MemoryJournal>(loop.clock(), "memory");
    std::optional<findings::Findings> view;
    std::optional<StreamWriter> writer;
    std::optional<ChargeMender> mender;
    ChargeMender::Due owes;
    std::size_t owed_max = 100;
    bool stale = false;                              // It was read a while ago.
    std::move_only_function<void()> meanwhile = {};  // Somebody's turn before ours.
    std::function<void()> while_read = {};           // The journal.
    int asked = 0;
    int turns = 0;
};

TEST(ChargeMender, WhatTheJournalOwesIsChargedOnceAndTheNextRunSaysWhetherItHelped) {
    House at;
    at.owes = {charge("bu_1"), charge("bu_2", "words"), charge("bu_3", "minutes", ten + 1h)};
    at.differs();
    at.run_was_made();
    EXPECT_EQ(at.charges("bu_1"), 1u);
    EXPECT_EQ(at.charges("bu_2") + at.charges("bu_3"), 0u) << "other lines are nobody's finding";
    EXPECT_EQ(at.story(), "retrying");
    at.write("billing.finding.changed", R"({"findingId":"mm_1","state":"closed"})");
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying, closed");
    EXPECT_EQ(at.asked, 1) << "nothing stands any more";
}

TEST(ChargeMender, WhatIsStillThereAfterwardsIsAPersons) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.run_was_made();
    at.run_was_made(ten + 1h);
    EXPECT_EQ(at.story(), "retrying") << "its hour was not counted";
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying, open");
    EXPECT_TRUE(at.find()->history.back().payload.contains("still missing"));
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying, open") << "and nothing is said again";
    EXPECT_EQ(at.charges("bu_1"), 1u);
}

TEST(ChargeMender, WhatMayStandBehindAllThatIsReadIsNotGivenUp) {
    House at;
    at.close();
    at.owed_max = 2;
    at.open();
    at.owes = {charge("bu_1")};
    at.differs();
    at.run_was_made();
    at.owes = {charge("bu_2", "words"), charge("bu_3", "minutes", ten + 1h)};
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying") << "nobody knows yet that it is not owed";
    at.owes = {charge("bu_2", "words")};
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying, open");
}

TEST(ChargeMender, WhatTheJournalDoesNotOweStaysOpen) {
    House at;
    at.differs();
    at.run_was_made();
    EXPECT_EQ(at.state(), "open");
    EXPECT_EQ(at.story(), "");
    EXPECT_EQ(at.asked, 1);
}

TEST(ChargeMender, OnlyWhatTheBooksHaveNothingOfIsMended) {
    for (const auto& [klass, layer] :
         {std::pair("under_charge", "book"), {"missing", "deliver"}, {"missing", "meter"}}) {
        SCOPED_TRACE(std::string(klass) + " " + layer);
        House at;
        at.owes = {charge("bu_1")};
        at.differs(klass, ten, layer);
        at.run_was_made();
        EXPECT_EQ(at.charges("bu_1"), 0u);
        EXPECT_EQ(at.asked, 0);
    }
    House at;
    at.owes = {charge("bu_1", "minutes", ten - 24h * 40)};
    at.differs("missing", ten - 24h * 40);
    at.run_was_made(ten - 24h * 40);
    EXPECT_EQ(at.charges("bu_1"), 0u) << "beyond the horizon";
    EXPECT_EQ(at.asked, 0);
}

TEST(ChargeMender, WhatAPersonHasTakenIsTheirs) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.write("billing.finding.changed",
             R"({"findingId":"mm_1","state":"acknowledged","by":"usr_op"})");
    at.run_was_made();
    EXPECT_EQ(at.charges("bu_1"), 0u);
    EXPECT_EQ(at.state(), "acknowledged");
}

TEST(ChargeMender, WhatAPersonSettlesMeanwhileIsNotChargedBesideThat) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.meanwhile = [&] {
        at.writer->write({.stream = account,
                          .name = "found:mm_1:0",
                          .type = "billing.finding.changed",
                          .payload = R"({"findingId":"mm_1","state":"adjusted","by":"usr_op"})",
                          .done = [](const Status& done) { ASSERT_TRUE(done); }});
        at.loop.run();
    };
    at.run_was_made();
    EXPECT_EQ(at.charges("bu_1"), 0u);
    EXPECT_EQ(at.story(), "adjusted");
    EXPECT_EQ(at.turns, 1) << "and it is somebody else's turn";
}

TEST(ChargeMender, WhatAPersonBooksMeanwhileWithoutAWordOfItIsNotChargedBesideThat) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.meanwhile = [&] {
        at.write("billing.adjustment.created",
                 R"({"adjustmentId":"adj_1","kind":"under","serviceWindow":")" + text_of(ten) +
                     R"(","meter":"call.duration_ms","item":"minutes","quantityDelta":"5",)"
                     R"("amountDelta":"7","currency":"EUR","cause":"by hand","by":"usr_op"})");
    };
    at.run_was_made();
    EXPECT_EQ(at.charges("bu_1"), 0u);
    EXPECT_EQ(at.state(), "open");
    EXPECT_EQ(at.turns, 1);
}

TEST(ChargeMender, WhatAPersonDecidesOfWhatIsStillThereStands) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.run_was_made();
    at.meanwhile = [&] {
        at.write("billing.finding.changed",
                 R"({"findingId":"mm_1","state":"written_off","by":"usr_op"})");
    };
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying, written_off");
}

TEST(ChargeMender, ARunFromBeforeTheChargeSaysNothingAboutIt) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.run_was_made();
    at.run_was_made(ten, at.find()->history.back().position - 1);
    EXPECT_EQ(at.story(), "retrying");
    at.run_was_made(ten, at.find()->history.back().position);
    EXPECT_EQ(at.story(), "retrying, open");
}

// A closed statement never changes.
TEST(ChargeMender, AnHourOfAMonthThatIsOverIsAPersons) {
    const Window last_of_january = *parse_window("2026-01-31T23:00Z");
    House at;
    at.owes = {charge("bu_1", "minutes", last_of_january)};
    at.differs("missing", last_of_january);
    at.run_was_made(last_of_january);
    EXPECT_EQ(at.charges("bu_1"), 0u);
    EXPECT_EQ(at.state(), "open");
    EXPECT_EQ(at.asked, 0);
}

// However long the journal is read, or others have their turn.
TEST(ChargeMender, AMonthThatIsOverMeanwhileIsAPersonsToo) {
    for (const bool reading : {true, false}) {
        SCOPED_TRACE(reading ? "read" : "turn");
        House at;
        at.owes = {charge("bu_1")};
        at.differs();
        const auto march = [&] { at.loop.clock().set_wall(*parse_window("2026-03-01T00:00Z")); };
        if (reading)
            at.while_read = march;
        else
            at.meanwhile = march;
        at.run_was_made();
        EXPECT_EQ(at.charges("bu_1"), 0u);
        EXPECT_EQ(at.state(), "open");
        EXPECT_EQ(at.story(), "") << "nothing was begun";
        EXPECT_EQ(at.turns, 1) << "and it is somebody else's turn";
    }
}

TEST(ChargeMender, WhatIsHalfMendedWhenItsMonthEndsIsAPersons) {
    House at;
    at.owes = {charge("bu_1")};
    at.differs();
    at.write("billing.finding.changed", R"({"findingId":"mm_1","state":"retrying"})");
    at.while_read = [&] { at.loop.clock().set_wall(*parse_window("2026-03-01T00:00Z")); };
    at.run_was_made();
    EXPECT_EQ(at.charges("bu_1"), 0u);
    EXPECT_EQ(at.story(), "retrying, open");
    EXPECT_TRUE(at.find()->history.back().payload.contains("is over"));
    EXPECT_EQ(at.turns, 2);
}

TEST(ChargeMender, IsNotTheSecondToChargeIt) {
    House at;
    at.owes = {charge("bu_1")};
    at.stale = true;
    at.differs();
    at.mender->counted(Span{ten, ten}, UINT64_MAX);
    // Meanwhile whoever else knows of it writes it.
    at.writer->write({.stream = account,
                      .name = "book:bu_1",
                      .type = charge("bu_1").type,
                      .payload = charge("bu_1").payload,
                      .done = [](const Status& done) { ASSERT_TRUE(done); }});
    at.loop.run();
    EXPECT_EQ(at.charges("bu_1"), 1u);
}

TEST(ChargeMender, WhatCannotBeWrittenIsTriedSoOftenAndThenAPersons) {
    House at;
    auto refused = charge("bu_1");
    refused.type = "no.such.type";
    at.owes = {refused};
    at.differs();
    at.run_was_made();
    EXPECT_EQ(at.story(), "retrying");
    at.loop.run_for(10min);
    EXPECT_EQ(at.story(), "retrying, open");
    EXPECT_EQ(at.turns, 4) << "three to write it, one to say so";
}

// Killed after each step there is.
TEST(ChargeMender, WhatACrashLeftHalfMendedIsMendedAtTheNextStart) {
    bool done = false;
    for (int steps = 0; !done; ++steps) {
        SCOPED_TRACE(steps);
        House at;
        at.owes = {charge("bu_1")};
        at.differs();
        at.mender->counted(Span{ten, ten}, UINT64_MAX);
        int step = 0;
        while (step < steps && at.loop.run_one()) ++step;
        done = step < steps;
        at.crash();
        at.open();
        EXPECT_EQ(at.charges("bu_1"), at.state() == "retrying" ? 1u : 0u);
        at.run_was_made();  // That still sees it.
        EXPECT_EQ(at.charges("bu_1"), 1u);
    }
}

}  // namespace
}  // namespace lifeline::app
