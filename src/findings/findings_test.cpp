#include "findings/findings.h"

#include <gtest/gtest.h>

#include <map>

#include "journal/test_view_house.h"

namespace lifeline::findings {
namespace {

const std::string account = "acct_one";

class House : public journal::ViewHouse<Findings> {
public:
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        expect_valid(stream, type, payload);
        ViewHouse::append(stream, type, payload, written_at);
    }
    void mismatch(const std::string& id, const std::string& run, const std::string& delta = "-5",
                  const std::string& klass = "under_charge", const std::string& behind = "bu_1") {
        append(account, "billing.reconciliation.mismatch",
               R"({"findingId":")" + id + R"(","ids":[")" + behind + R"("],"runId":")" + run +
                   R"(","window":"2026-02-16T10:00Z","meter":"call.duration_ms","class":")" +
                   klass + R"(","layer":"book","item":"minutes","expectedQuantity":"5",)" +
                   R"("recordedQuantity":"0","quantityDelta":")" + delta + R"("})");
    }
    void change(const std::string& id, const std::string& state) {
        append(account, "billing.finding.changed",
               R"({"findingId":")" + id + R"(","state":")" + state + R"("})");
    }
    void settle(const std::string& alert, const std::string& state) {
        append(account, "billing.alert.settled",
               R"({"alertId":")" + alert + R"(","state":")" + state + R"(","attempts":1})");
    }
    void run(const std::string& id, const std::string& window, int waiting = 0) {
        const std::string sha(64, 'a');
        append("sys_billing", "billing.reconciliation.completed",
               R"({"runId":")" + id + R"(","window":")" + window + R"(","upToPosition":)" +
                   std::to_string(journal.head_position()) + R"(,"matched":1,"waiting":)" +
                   std::to_string(waiting) + R"(,"findings":0,"reportSha256":")" + sha +
                   R"(","configSha256":")" + sha + R"("})");
    }
    void close(const std::string& window) {
        append("sys_metering", "billing.window.closed",
               R"({"window":")" + window + R"(","upToPosition":1})");
    }
    void elsewhere(const std::string& window, const std::string& quantity) {
        append(account, "billing.counted.elsewhere",
               R"({"sink":"bank","item":"minutes","window":")" + window + R"(","quantity":")" +
                   quantity + R"(","source":"import"})");
    }
    void measured(const std::string& window) {
        const std::string at = "2026-01-31T22:00:00.000Z";
        append("sess_1", "billing.usage.measured",
               R"({"recordId":"mr_)" + std::to_string(made) +
                   R"(","accountId":"acct_one","sessionId":"sess_1","meter":"call.duration_ms",)" +
                   R"("meterVersion":1,"unit":"ms","quantityRaw":"5","quantity":"5",)" +
                   R"("cumulative":"5","class":"measured","needsReconciliation":false,)" +
                   R"("keyId":"k","window":")" + window + R"(","from":")" + at + R"(","to":")" +
                   at + R"(","signature":")" + std::string(86, 'A') +
                   R"(","evidence":{"seqFirst":1,"seqLast":1,"count":1,"sha256":")" +
                   std::string(64, 'a') + R"("}})");
    }
    std::string due(const std::string& from = "2026-02-16T00:00Z") {
        std::string all;
        for (const DueHour& one : ask<std::vector<DueHour>>([&](FindingsStore& store) {
                 return store.due({*parse_window(from), *parse_window("2026-02-16T23:00Z")});
             }))
            all += text_of(one.hour).substr(11, 2) + " ";
        return all;
    }
    std::optional<Finding> find(const std::string& id) {
        return ask<std::optional<Finding>>([id](FindingsStore& store) { return store.find(id); });
    }
    std::vector<Alert> alerts(const std::string& since = "") {
        return ask<std::vector<Alert>>(
            [since](FindingsStore& store) { return store.alerts(since, 100); });
    }
    // "opened m1, resolved m1"
    std::string told() {
        std::string all;
        for (const Alert& one : alerts())
            all += (all.empty() ? "" : ", ") + one.kind + " " + one.finding_id;
        return all;
    }

    std::string written_at = "2026-02-20T10:00:00.000Z";
};

TEST(Workflow, WhatMayBecomeWhat) {
    struct Case {
        State from;
        State to;
        Mover mover;
        bool may;
    };
    const Case cases[] = {
        {State::open, State::acknowledged, Mover::person, true},
        {State::acknowledged, State::adjusted, Mover::person, true},
        {State::disputed, State::written_off, Mover::person, true},
        {State::open, State::retrying, Mover::person, false},
        {State::open, State::retrying, Mover::rule, true},
        {State::retrying, State::open, Mover::rule, true},
        {State::acknowledged, State::retrying, Mover::rule, false},
        {State::adjusted, State::acknowledged, Mover::person, false},
        {State::adjusted, State::adjusted, Mover::person, false},
        {State::adjusted, State::open, Mover::run, true},
        {State::written_off, State::open, Mover::run, true},
        {State::written_off, State::open, Mover::person, false},
        {State::closed, State::acknowledged, Mover::person, false},
        {State::closed, State::open, Mover::person, false},
        {State::closed, State::open, Mover::run, true},
        {State::disputed, State::closed, Mover::run, true},
    };
    for (const auto& [from, to, mover, may] : cases) {
        SCOPED_TRACE(std::string(to_text(from)) + " to " + std::string(to_text(to)));
        EXPECT_EQ(may_change(from, to, mover), may);
        const auto judged = judge_change(from, to, mover);
        EXPECT_EQ(judged.has_value(), may);
        if (!judged) {
            EXPECT_EQ(judged.error().reason, "finding_closed");
        }
        EXPECT_EQ(state_from(to_text(from)), from);
    }
    EXPECT_FALSE(state_from("forgotten"));
}

TEST(Findings, OneIsOpenedResolvedAndOpenedAgainUnderItsId) {
    House at;
    at.mismatch("m1", "rr_1");
    at.mismatch("m1", "rr_2");  // Still there: nothing new.
    EXPECT_EQ(at.told(), "opened m1");
    EXPECT_EQ(at.find("m1")->run_id, "rr_1");
    at.change("m1", "acknowledged");
    EXPECT_EQ(at.find("m1")->state, State::acknowledged);
    at.mismatch("m1", "rr_3", "-4");
    EXPECT_EQ(at.find("m1")->state, State::acknowledged) << "grown, and still known to somebody";
    EXPECT_EQ(at.told(), "opened m1, changed m1");
    at.change("m1", "adjusted");
    at.change("m1", "closed");
    EXPECT_EQ(at.told(), "opened m1, changed m1, resolved m1") << "resolved once";
    EXPECT_EQ(at.find("m1")->history.size(), 3u);
    at.mismatch("m1", "rr_9");
    EXPECT_EQ(at.find("m1")->state, State::open);
    EXPECT_EQ(at.find("m1")->run_id, "rr_9");
    EXPECT_EQ(at.told(), "opened m1, changed m1, resolved m1, opened m1");
    EXPECT_FALSE(at.find("m2"));
}

// The write-off itself is among the ids of the next run.
TEST(Findings, WhatIsWrittenOffStaysSoWhileTheDifferenceIsTheSame) {
    House at;
    at.mismatch("m1", "rr_1", "20", "over_charge");
    at.change("m1", "written_off");
    at.mismatch("m1", "rr_2", "20", "over_charge", "ba_off");
    EXPECT_EQ(at.find("m1")->state, State::written_off);
    EXPECT_EQ(at.told(), "opened m1, resolved m1");
    at.mismatch("m1", "rr_3", "30", "over_charge");
    EXPECT_EQ(at.find("m1")->state, State::open);
    EXPECT_EQ(at.told(), "opened m1, resolved m1, opened m1");
}

TEST(Findings, AnAlertIsDueUntilItIsSettled) {
    House at;
    at.mismatch("m1", "rr_1");
    at.mismatch("m2", "rr_1");
    const auto due = at.alerts();
    ASSERT_EQ(due.size(), 2u);
    EXPECT_NE(due[0].id, due[1].id);
    at.settle(due[0].id, "delivered");
    EXPECT_EQ(at.told(), "opened m2");
    at.settle(due[1].id, "parked");
    EXPECT_EQ(at.told(), "");
    const auto counts = at.ask<Counts>([](FindingsStore& store) { return store.counts(""); });
    EXPECT_EQ(counts.unresolved, 2u);
    EXPECT_EQ(counts.alerts_waiting, 0u);
    EXPECT_EQ(counts.alerts_parked, 1u);
    EXPECT_TRUE(at.alerts("9999").empty());
}

TEST(Findings, ListsFromTheNewestAndOnlyWhatIsAskedFor) {
    House at;
    at.mismatch("m1", "rr_1");
    at.mismatch("m2", "rr_1", "-5", "missing");
    at.mismatch("m3", "rr_1");
    at.change("m3", "closed");
    const auto ids = [&](const FindingQuery& query) {
        std::string all;
        for (const Finding& one : at.ask<std::vector<Finding>>(
                 [query](FindingsStore& store) { return store.list(query); }))
            all += one.id + " ";
        return all;
    };
    EXPECT_EQ(ids({.account_id = account}), "m3 m2 m1 ");
    EXPECT_EQ(ids({.account_id = "acct_other"}), "");
    EXPECT_EQ(ids({.state = State::open}), "m2 m1 ");
    EXPECT_EQ(ids({.klass = "missing"}), "m2 ");
    EXPECT_EQ(ids({.before = at.find("m3")->opened, .limit = 1}), "m2 ");
    const auto standing = at.ask<std::map<std::string, Finding>>(
        [](FindingsStore& store) { return store.standing(); });
    EXPECT_EQ(standing.size(), 2u);
}

TEST(Findings, KnowsTheRunThatCameFurthest) {
    House at;
    at.run("rr_2", "2026-02-16T11:00Z");
    at.run("rr_1", "2026-02-16T10:00Z");  // An older hour, counted again later.
    const auto furthest =
        at.ask<std::optional<findings::Run>>([](FindingsStore& store) { return store.furthest(); });
    EXPECT_EQ(furthest->id, "rr_2");
    const auto newest = at.ask<std::vector<findings::Run>>(
        [](FindingsStore& store) { return store.runs(UINT64_MAX, 10); });
    EXPECT_EQ(newest.front().id, "rr_1");
    EXPECT_FALSE(at.ask<std::optional<findings::Run>>(
        [](FindingsStore& store) { return store.run("rr_none"); }));
}

TEST(Findings, AnHourIsDueUntilItIsCountedAndAgainWhenSomethingIsSaidOfIt) {
    House at;
    EXPECT_EQ(at.due(), "");
    at.elsewhere("2026-02-16T09:00Z", "5");
    EXPECT_EQ(at.due(), "") << "not closed";
    for (const std::string hour : {"09", "10", "11"}) at.close("2026-02-16T" + hour + ":00Z");
    EXPECT_EQ(at.due(), "09 10 11 ");
    at.run("rr_2026021609_2026021610_a", "2026-02-16T10:00Z");
    EXPECT_EQ(at.due(), "11 ");
    at.run("rr_2026021611_2026021611_b", "2026-02-16T11:00Z", 2);
    EXPECT_EQ(at.due(), "11 ") << "something waits";
    at.run("rr_2026021611_2026021611_c", "2026-02-16T11:00Z");
    EXPECT_EQ(at.due(), "");
    at.elsewhere("2026-02-16T09:00Z", "6");
    EXPECT_EQ(at.due(), "09 ");
    const auto closed =
        at.ask<std::optional<Window>>([](FindingsStore& store) { return store.closed(); });
    EXPECT_EQ(text_of(*closed), "2026-02-16T11:00Z");
}

TEST(Findings, WhatIsSaidTooLateMakesTheRestOfItsMonthDueAgain) {
    House at;
    for (const std::string hour : {"2026-01-31T22", "2026-01-31T23", "2026-02-01T00"}) {
        at.close(hour + ":00Z");
        at.run("rr_" + hour.substr(0, 4) + hour.substr(5, 2) + hour.substr(8, 2) +
                   hour.substr(11, 2) + "_" + hour.substr(0, 4) + hour.substr(5, 2) +
                   hour.substr(8, 2) + hour.substr(11, 2) + "_a",
               hour + ":00Z");
    }
    EXPECT_EQ(at.due("2026-01-01T00:00Z"), "");
    at.measured("2026-01-31T22:00Z");
    EXPECT_EQ(at.due("2026-01-01T00:00Z"), "22 ") << "it is booked, and that says where it moves";
    at.written_at = "2026-03-20T10:00:00.000Z";
    at.measured("2026-01-31T22:00Z");
    EXPECT_EQ(at.due("2026-01-01T00:00Z"), "22 23 ");
}

TEST(RunId, SaysWhichHoursItIsOf) {
    const Span span{*parse_window("2026-02-16T22:00Z"), *parse_window("2026-02-17T03:00Z")};
    const std::string id = run_id(span, std::string(64, 'a'));
    EXPECT_EQ(id, "rr_2026021622_2026021703_" + std::string(20, 'a'));
    EXPECT_EQ(span_of(id), span);
    for (const std::string_view other :
         {"", "rr_1", "rr_2026021622_2026021703", "rr_2026021622_2026021603_a",
          "rr_2026021625_2026021703_a", "xx_2026021622_2026021703_a"})
        EXPECT_FALSE(span_of(other)) << other;
}

TEST(Findings, TheNewestWordOfASinkHolds) {
    House at;
    at.elsewhere("2026-02-16T10:00Z", "5");
    at.elsewhere("2026-02-16T10:00Z", "7");
    const auto word = at.ask<std::string>([](FindingsStore& store) {
        return store.elsewhere(account, "bank", "minutes", "2026-02-16T10:00Z");
    });
    EXPECT_NE(word.find(R"("quantity":"7")"), std::string::npos) << word;
}

TEST(Findings, TheViewIsWhatTheJournalSays) {
    House at;
    at.run("rr_1", "2026-02-16T10:00Z");
    at.mismatch("m1", "rr_1");
    at.change("m1", "disputed");
    at.settle(at.alerts().front().id, "delivered");
    at.mismatch("m2", "rr_1");
    at.expect_same_anew();
}

}  // namespace
}  // namespace lifeline::findings
