#include <gtest/gtest.h>
#include "call/action_events.h"

#include <string>

#include "call/test_call.h"
#include "call/test_judge.h"

namespace lifeline::call {

namespace {

using Outcome = Ruling::Outcome;
using Risk = contract::Risk;

using Said = EngineWord::Outcome;

// A call whose policy wants to know what takes a moment.
struct Agency : Call {
    std::shared_ptr<TestJudge> tools = std::make_shared<TestJudge>();

    Agency() {
        tools->add("note", Risk::low_risk_write, false, 1, Outcome::allow);
        tools->add("send", Risk::high_risk_external_send, false, 1, Outcome::confirm);
        tools->wanted = {.counts = true, .engine = true, .within = std::chrono::seconds(2)};
        judge = tools;
        running();
    }
    std::string ask(std::string id, std::string type) {
        return publish("orchestration.action.requested",
                       R"({"actionId":")" + id + R"(","actionType":")" + type +
                           R"(","summary":"s","args":{"to":"a"}})",
                       Role::agent, "bot");
    }
    std::string assess(std::string id, Said said, std::int64_t count = 1,
                       std::string decision = "") {
        const Action& action = *state.action(id);
        if (decision.empty()) decision = events::decision_id(action, action.evaluations + 1);
        return run(AssessAction{id, decision, {DayCounts{count, count}, EngineWord{said, "r"}}, {}},
                   Role::server, "lifeline");
    }
    std::string answer(std::string id, std::string decision, std::string args = "") {
        AnswerConfirmation answer;
        answer.confirmation_id = state.action(id)->confirmation->id;
        answer.decision = std::move(decision);
        answer.args_hash = state.action(id)->args_hash;
        answer.args_json = std::move(args);
        return run(answer);
    }
    std::string claim(std::string id) {
        return run(ClaimAction{std::move(id), std::chrono::seconds(30)}, Role::server, "lifeline");
    }
    std::string pass(Millis time) {
        now += time;
        return run(TimePassed{}, Role::server, "lifeline");
    }
};

const char* const waits =
    "orchestration.action.requested orchestration.action.accepted safety.evaluation.requested";
const char* const allowed = "safety.evaluated safety.approved orchestration.action.approved";
const char* const asked =
    "safety.evaluated safety.confirmation.requested orchestration.action.awaiting_confirmation";
const char* const blocked = "safety.evaluated safety.blocked";

}  // namespace

TEST(Assessing, AnActionWaitsForWhatItsJudgementRestsOn) {
    struct Case {
        const char* name;
        const char* type;
        Said said;
        std::int64_t count;
        const char* then;
    };
    const Case cases[] = {
        {"all is well", "note", Said::allow, 1, allowed},
        {"the engine wants a person", "note", Said::confirm, 1, asked},
        {"the engine denies", "note", Said::deny, 1, blocked},
        {"one too many today", "note", Said::allow, 4, blocked},
        {"the policy asks anyway", "send", Said::allow, 1, asked},
    };
    for (const auto& [name, type, said, count, then] : cases) {
        SCOPED_TRACE(name);
        Agency call;
        EXPECT_EQ(call.ask("a", type), waits);
        EXPECT_EQ(call.state.action("a")->state, ActionState::evaluating);
        EXPECT_TRUE(call.state.wants_runner());
        EXPECT_EQ(call.claim("a"), "refused action_not_ready");
        EXPECT_EQ(call.assess("a", said, count), then);
    }
}

TEST(Assessing, SilenceIsNoAndSoIsAWordThatComesTooLateOrForAnotherDecision) {
    Agency call;
    call.ask("a", "note");
    EXPECT_EQ(next_deadline(call.state), call.now + std::chrono::seconds(2));
    EXPECT_EQ(call.assess("a", Said::allow, 1, "dec_other"), "refused action_not_ready");
    EXPECT_EQ(call.pass(std::chrono::seconds(1)), "nothing");
    EXPECT_EQ(call.pass(std::chrono::seconds(1)), blocked);
    EXPECT_NE(call.log.back().find("policy_engine_unavailable"), std::string::npos);
    EXPECT_EQ(call.assess("a", Said::allow), "refused action_not_ready");
    call.tools->wanted.engine = false;
    call.ask("b", "note");
    call.pass(std::chrono::seconds(3));
    EXPECT_NE(call.log.back().find("counts_unavailable"), std::string::npos);
}

TEST(Assessing, WhatIsAskedForMeanwhileIsPartOfIt) {
    Agency call;
    call.ask("a", "note");
    const std::string decision = events::decision_id(*call.state.action("a"), 1);
    call.tools->wanted.counts = false;
    call.tools->wanted.engine = true;
    EXPECT_EQ(call.run(AssessAction{"a", decision, {DayCounts{1, 1}, std::nullopt}, {}},
                       Role::server, "lifeline"),
              "refused action_not_ready");
}

TEST(Assessing, AKillSwitchNeedsToKnowNothing) {
    Agency call;
    call.run(SetKillSwitch{true, "drill"});
    EXPECT_EQ(
        call.ask("a", "note"),
        std::string("orchestration.action.requested orchestration.action.accepted ") + blocked);
}

TEST(Assessing, WhatWasFoundOutHoldsForTheseArgumentsUntilTheClaim) {
    Agency call;
    call.ask("a", "send");
    call.assess("a", Said::confirm);
    call.answer("a", "approve");
    EXPECT_EQ(call.claim("a"), "orchestration.action.started");
}

TEST(Assessing, OtherArgumentsAreJudgedAnewAndShownAnyway) {
    Agency call;
    call.ask("a", "note");
    call.assess("a", Said::confirm);
    EXPECT_EQ(call.answer("a", "edit", R"({"to":"b"})"),
              "orchestration.action.args.replaced safety.confirmation.cancelled "
              "safety.evaluation.requested");
    EXPECT_EQ(call.assess("a", Said::allow), asked);
    call.answer("a", "approve");
    EXPECT_EQ(call.claim("a"), "orchestration.action.started");
}

TEST(Assessing, APolicyThatWantsToKnowMoreIsAskedAtTheClaim) {
    Agency call;
    call.tools->wanted = {};
    call.ask("a", "send");
    call.answer("a", "approve");
    call.tools->wanted = {.counts = true, .within = std::chrono::seconds(2)};
    EXPECT_EQ(call.claim("a"), "safety.evaluation.requested");
    // Whoever said yes need not say it again.
    EXPECT_EQ(call.assess("a", Said::confirm), "safety.evaluated orchestration.action.approved");
    EXPECT_EQ(call.claim("a"), "orchestration.action.started");
}

}  // namespace lifeline::call
