#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "call/test_call.h"
#include "call/test_judge.h"

// For this room's tests of actions: a call with an agency, what a case of their tables is, and the
// states that cases begin in.
namespace lifeline::call {

using Outcome = Ruling::Outcome;
using Risk = contract::Risk;

// A call in which Ada, Eve (a guest user) and a bot are, with a tool of each kind.
struct Agency : Call {
    std::shared_ptr<TestJudge> tools = std::make_shared<TestJudge>();

    Agency() {
        tools->add("look_up", Risk::read_only, true, 3, Outcome::allow);
        tools->add("note", Risk::low_risk_write, false, 1, Outcome::allow);
        tools->add("send", Risk::high_risk_external_send, false, 1, Outcome::confirm);
        tools->add("wipe", Risk::high_risk_external_send, false, 1, Outcome::deny);
        tools->add("open_door", Risk::low_risk_write, false, 1, Outcome::allow, "client");
        judge = tools;
        running();
        run(AddParticipant{{"eve", Role::user, ""}});
        run(AddParticipant{{"vic", Role::viewer, ""}});
    }

    std::string ask(std::string id, std::string type, std::string args = R"({"to":"a"})",
                    std::string more = "") {
        return publish("orchestration.action.requested",
                       R"({"actionId":")" + id + R"(","actionType":")" + type +
                           R"(","summary":"s","args":)" + args + more + "}",
                       Role::agent, "bot");
    }
    std::string open_confirmation(std::string_view action_id) {
        const Action* action = state.action(action_id);
        return action != nullptr && action->confirmation ? action->confirmation->id : "";
    }
    std::string answer(std::string id, std::string decision, std::string who = "ada",
                       Role role = Role::user, std::string args = "", std::string hash = "") {
        AnswerConfirmation answer;
        answer.confirmation_id = open_confirmation(id);
        answer.decision = std::move(decision);
        answer.args_hash = hash.empty() ? state.action(id)->args_hash : hash;
        answer.args_json = std::move(args);
        return run(answer, role, std::move(who));
    }
    std::string claim(std::string id) {
        return run(ClaimAction{std::move(id), std::chrono::seconds(30)}, Role::server, "lifeline");
    }
    std::string finish(std::string id, FinishAction::Outcome outcome, bool may_retry = false) {
        const Action* action = state.action(id);
        FinishAction how;
        how.action_id = std::move(id);
        how.attempt = action->attempt;
        how.fence = action->fence;
        how.outcome = outcome;
        how.code = "broken";
        how.message = "It broke.";
        how.may_retry = may_retry;
        return run(how, Role::server, "lifeline");
    }
    std::string pass(Millis time) {
        now += time;
        return run(TimePassed{}, Role::server, "lifeline");
    }
    std::string report(std::string id, std::string rest, std::uint64_t fence, std::string who) {
        return publish("orchestration.action.outcome.reported",
                       R"({"actionId":")" + id + R"(","attempt":1,"fence":)" +
                           std::to_string(fence) + rest + "}",
                       Role::user, std::move(who));
    }
    std::string cancel(std::string id, std::string who, Role role) {
        return publish("orchestration.action.cancel.requested", R"({"actionId":")" + id + R"("})",
                       role, std::move(who));
    }
};

inline const char* const allowed =
    "orchestration.action.requested orchestration.action.accepted safety.evaluated "
    "safety.approved orchestration.action.approved";
inline const char* const asked =
    "orchestration.action.requested orchestration.action.accepted safety.evaluated "
    "safety.confirmation.requested orchestration.action.awaiting_confirmation";
inline const char* const rejected = "orchestration.action.requested orchestration.action.rejected";

using Done = FinishAction::Outcome;

struct Case {
    const char* name;
    std::function<void(Agency&)> given;
    std::function<std::string(Agency&)> when;
    std::string then;
};

inline void check(std::initializer_list<Case> cases) {
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        Agency call;
        one.given(call);
        EXPECT_EQ(one.when(call), one.then);
    }
}

inline const auto nothing = [](Agency&) {};
inline const auto sent = [](Agency& c) { c.ask("a", "send"); };
inline const auto approved = [](Agency& c) {
    c.ask("a", "send");
    c.answer("a", "approve");
};
inline const auto running_send = [](Agency& c) {
    c.ask("a", "send");
    c.answer("a", "approve");
    c.claim("a");
};
inline const auto running_look = [](Agency& c) {
    c.ask("a", "look_up");
    c.claim("a");
};

}  // namespace lifeline::call
