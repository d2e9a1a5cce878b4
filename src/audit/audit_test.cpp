#include "audit/audit.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "journal/test_view_house.h"

namespace lifeline::audit {

namespace {

const std::string hash(64, 'a');

class House : public journal::MemoryHouse {
public:
    // A call in which one thing was judged, asked about and answered.
    void call(const std::string& id, const std::string& account) {
        append(id, "call.created",
               R"({"callId":")" + id + R"(","ownerId":"ada","accountId":")" + account +
                   R"(","channel":"text"})");
        append(id, "x.note", R"({"text":"\"type\":\"safety.blocked\""})");
        append(id, "safety.evaluated",
               R"({"decisionId":"dec_1","subject":{"kind":"action","id":"act_1"},)"
               R"("outcome":"require_confirmation","policyId":"p","policyVersion":"7:ab",)"
               R"("rules":["r1","r2"],"inputsHash":")" +
                   hash + R"(","latencyMs":0,"automatic":true})");
        append(id, "safety.confirmation.resolved",
               R"({"confirmationId":"cnf_1","decision":"approve","by":{"kind":"user","id":"ada"},)"
               R"("via":"ui","argsHash":")" +
                   hash + R"("})");
    }
    void start(Audit& audit) { MemoryHouse::start(audit, "audit.db"); }
    std::vector<Decision> decisions(Audit& audit, DecisionQuery query) {
        return answer<std::vector<Decision>>(
            [&](auto done) { audit.list(std::move(query), loop, std::move(done)); });
    }
    // "session type outcome by, ..." from the newest on.
    std::string list(Audit& audit, DecisionQuery query) {
        std::string found;
        for (const Decision& one : decisions(audit, std::move(query)))
            found += one.session_id + " " + one.type + " " + one.outcome + " " + one.by_id + ", ";
        return found;
    }
};

const std::string first =
    "sess_1 safety.confirmation.resolved approve ada, sess_1 safety.evaluated "
    "require_confirmation , ";
const std::string second =
    "sess_2 safety.confirmation.resolved approve ada, sess_2 safety.evaluated "
    "require_confirmation , ";

}  // namespace

TEST(Audit, KnowsWhatWasDurableWhenItWasAsked) {
    House house;
    Audit audit(house.loop, house.loop, house.journal);
    house.start(audit);
    house.call("sess_1", "acct_1");  // And nobody has told it.
    EXPECT_EQ(house.list(audit, {}), first);
}

TEST(Audit, ListsWhatWasDecidedFromTheNewestOn) {
    House house;
    house.call("sess_1", "acct_1");
    Audit audit(house.loop, house.loop, house.journal);
    house.start(audit);
    house.call("sess_2", "acct_2");
    audit.poke();
    house.loop.run();
    EXPECT_EQ(house.list(audit, {}), second + first);
    DecisionQuery query;
    query.account_id = "acct_1";
    EXPECT_EQ(house.list(audit, query), first);
    query.session_id = "sess_2";
    EXPECT_EQ(house.list(audit, query), "");
    query.account_id = "";
    query.outcome = "approve";
    EXPECT_EQ(house.list(audit, query), "sess_2 safety.confirmation.resolved approve ada, ");
    query = {};
    query.type = "safety.evaluated";
    query.limit = 1;
    EXPECT_EQ(house.list(audit, query), "sess_2 safety.evaluated require_confirmation , ");
}

TEST(Audit, IsTheSameAfterItWasThrownAway) {
    House house;
    house.call("sess_1", "acct_1");
    {
        Audit audit(house.loop, house.loop, house.journal);
        house.start(audit);
        EXPECT_EQ(house.list(audit, {}), first);
    }
    std::filesystem::remove(house.folder / "audit.db");
    Audit again(house.loop, house.loop, house.journal);
    house.start(again);
    EXPECT_EQ(house.list(again, {}), first);
}

// What is stopped for all calls of an account is that account's to see.
TEST(Audit, KnowsWhoseAStopBeyondOneCallIs) {
    House house;
    const auto stop = [&](const std::string& what) {
        house.append("sys_instance", "safety.killswitch.changed",
                     R"({"enabled":true,"by":"usr_op","reason":"drill",)" + what + "}");
    };
    stop(R"("scope":"global")");
    stop(R"("scope":"account","subject":"acct_1")");
    stop(R"("scope":"action_type","subject":"mail","accountId":"acct_2")");
    Audit audit(house.loop, house.loop, house.journal);
    house.start(audit);
    const auto rules = [&](std::string account) {
        std::string all;
        DecisionQuery query;
        query.account_id = std::move(account);
        for (const Decision& one : house.decisions(audit, std::move(query)))
            all += one.rules + " " + one.outcome + " by " + one.by_id + "; ";
        return all;
    };
    const std::string account = "kill_switch:account on by usr_op; ";
    const std::string type = "kill_switch:action_type mail on by usr_op; ";
    EXPECT_EQ(rules("acct_1"), account);
    EXPECT_EQ(rules("acct_2"), type);
    EXPECT_EQ(rules(""), type + account + "kill_switch:global on by usr_op; ");
}

// What is allowed beforehand is a decision like the answer that it takes the place of.
TEST(Audit, ListsGrantsAndWhoWantedWhatWasJudged) {
    House house;
    house.call("sess_1", "acct_1");
    house.append("sess_1", "safety.grant.created",
                 R"({"grantId":"grt_1","actionType":"cv.export","constraint":{},)"
                 R"("expiresAt":"2026-02-16T11:00:00.000Z","by":"ada"})");
    house.append("sess_1", "safety.evaluated",
                 R"({"decisionId":"dec_2","subject":{"kind":"action","id":"act_2"},)"
                 R"("outcome":"allow","policyId":"p","policyVersion":"7:ab",)"
                 R"("rules":["grant:grt_1"],"inputsHash":")" +
                     hash + R"(","latencyMs":0,"automatic":true,"requestedBy":"bot"})");
    house.append("sess_1", "safety.grant.revoked", R"({"grantId":"grt_1","by":"ada"})");
    Audit audit(house.loop, house.loop, house.journal);
    house.start(audit);
    std::string all;
    DecisionQuery query;
    query.session_id = "sess_1";
    for (const Decision& one : house.decisions(audit, query))
        all += one.outcome + " " + one.rules + " by " + one.by_id + " for " + one.requested_by +
               " " + one.inputs_hash.substr(0, 2) + "; ";
    EXPECT_EQ(all,
              "revoked grant:grt_1 by ada for  ; allow grant:grt_1 by  for bot aa; "
              "granted grant:grt_1 by ada for  ; approve  by ada for  ; "
              "require_confirmation r1 r2 by  for  aa; ");
}

// What a rule or a run does to an account's money follows; what a person does is decided.
TEST(Audit, ListsWhatPeopleDecideAboutMoney) {
    House house;
    const auto adjusted = [&](const std::string& id, const std::string& more) {
        house.append("acct_1", "billing.adjustment.created",
                     R"({"adjustmentId":")" + id +
                         R"(","kind":"write_off","serviceWindow":"2026-02-16T10:00Z",)"
                         R"("meter":"call.duration_ms","item":"minutes","quantityDelta":"0",)"
                         R"("amountDelta":"-5","currency":"EUR","cause":"goodwill")" +
                         more + "}");
    };
    adjusted("ba_1", "");
    adjusted("ba_2", R"(,"by":"usr_op")");
    house.append("acct_1", "billing.finding.changed", R"({"findingId":"mm_1","state":"closed"})");
    house.append("acct_1", "billing.finding.changed",
                 R"({"findingId":"mm_1","state":"disputed","by":"usr_op","reason":"x"})");
    for (const std::string what : {"redriven", "discarded"})
        house.append("acct_1", "billing.delivery." + what,
                     R"({"sink":"stripe","chargeId":"bu_1","by":"usr_op","reason":"x"})");
    house.append("acct_1", "billing.alert.settled",
                 R"({"alertId":"al_1","state":"parked","attempts":12})");
    house.append("acct_1", "billing.alert.settled",
                 R"({"alertId":"al_1","state":"resent","attempts":12,"by":"usr_op"})");
    house.append("acct_1", "billing.alert.settled",
                 R"({"alertId":"al_1","state":"discarded","attempts":12,"by":"usr_root"})");
    Audit audit(house.loop, house.loop, house.journal);
    house.start(audit);
    std::string all;
    DecisionQuery query;
    query.account_id = "acct_1";
    for (const Decision& one : house.decisions(audit, query))
        all += one.session_id + " " + one.decision_id + " " + one.outcome + " " + one.rules +
               " by " + one.by_id + "; ";
    EXPECT_EQ(all,
              "acct_1 al_1 discarded  by usr_root; "
              "acct_1 al_1 resent  by usr_op; "
              "acct_1 bu_1 discarded sink:stripe by usr_op; "
              "acct_1 bu_1 redriven sink:stripe by usr_op; "
              "acct_1 mm_1 disputed finding:mm_1 by usr_op; "
              "acct_1 ba_2 write_off item:minutes by usr_op; ");
}

// A server serves before its views are open: who comes early waits, and is told all there is.
TEST(Audit, AnswersWhoAskedBeforeItWasOpenOnceItIs) {
    House house;
    house.call("sess_1", "acct_1");
    Audit audit(house.loop, house.loop, house.journal);
    std::string said = "nothing yet";
    DecisionQuery query;
    query.account_id = "acct_1";
    audit.list(query, house.loop, [&](Result<std::vector<Decision>> rows) {
        said = rows ? std::to_string(rows->size()) + " decisions" : rows.error().reason;
    });
    house.loop.run();
    EXPECT_EQ(said, "nothing yet");
    house.start(audit);
    EXPECT_EQ(said, "2 decisions");
}

TEST(Audit, RefusesWhoAskedBeforeItCouldNotBeOpened) {
    House house;
    Audit audit(house.loop, house.loop, house.journal);
    std::string said;
    const auto ask = [&] {
        audit.list({}, house.loop, [&](Result<std::vector<Decision>> rows) {
            said += rows ? "answered, " : rows.error().reason + ", ";
        });
        house.loop.run();
    };
    ask();
    std::string failed;
    audit.start((house.folder / "no" / "such" / "folder" / "audit.db").string(),
                [&](Status done) { failed = done ? "" : done.error().reason; });
    house.loop.run();
    EXPECT_NE(failed, "");
    ask();
    EXPECT_EQ(said, "not_ready, not_ready, ");
}

// What was accepted counts once: told by the journal, asked about before, and after a restart.
TEST(Audit, CountsADayOverTheJournalAndWhoAsks) {
    House house;
    house.call("sess_1", "acct_1");
    house.call("sess_2", "acct_1");
    const auto accepted = [&](const std::string& call, const std::string& id,
                              const std::string& more = "") {
        house.append(call, "orchestration.action.accepted",
                     R"({"actionId":")" + id + R"(","argsHash":")" + hash +
                         R"(","policyVersion":"1","actionType":"note")" + more + "}");
    };
    const auto ask = [&](Audit& audit, const std::string& call, const std::string& id) {
        std::string said = "no answer";
        audit.count({day_of(house.loop.clock().wall()), "acct_1", "ada", "note", call, id},
                    house.loop, [&](Result<DayCounts::Count> count) {
                        said = count ? std::to_string(count->owner) : count.error().reason;
                    });
        house.loop.run();
        return said;
    };
    accepted("sess_1", "act_1");
    accepted("sess_1", "act_2", R"(,"duplicateOf":"act_1")");
    {
        Audit audit(house.loop, house.loop, house.journal);
        EXPECT_EQ(ask(audit, "sess_1", "act_3"), "not_ready");
        house.start(audit);
        EXPECT_EQ(ask(audit, "sess_1", "act_1"), "1");
        EXPECT_EQ(ask(audit, "sess_2", "act_1"), "2");  // Not in the journal yet,
        accepted("sess_2", "act_1");                    // and then it is.
        audit.poke();
        house.loop.run();
        EXPECT_EQ(ask(audit, "sess_2", "act_2"), "3");
    }
    Audit again(house.loop, house.loop, house.journal);
    house.start(again);
    EXPECT_EQ(ask(again, "sess_1", "act_9"),
              "3");  // act_2 of the second call was only asked about.
    Audit anew(house.loop, house.loop, house.journal);
    std::filesystem::remove_all(house.folder / "audit.db");
    house.start(anew);
    EXPECT_EQ(ask(anew, "sess_1", "act_9"), "3");
}

}  // namespace lifeline::audit
