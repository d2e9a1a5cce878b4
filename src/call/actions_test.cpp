#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "call/args_hash.h"
#include "call/test_call.h"
#include "call/test_judge.h"
#include "contract/json.h"

namespace lifeline::call {

namespace {

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

const char* const allowed =
    "orchestration.action.requested orchestration.action.accepted safety.evaluated "
    "safety.approved orchestration.action.approved";
const char* const asked =
    "orchestration.action.requested orchestration.action.accepted safety.evaluated "
    "safety.confirmation.requested orchestration.action.awaiting_confirmation";
const char* const rejected = "orchestration.action.requested orchestration.action.rejected";

using Done = FinishAction::Outcome;

struct Case {
    const char* name;
    std::function<void(Agency&)> given;
    std::function<std::string(Agency&)> when;
    std::string then;
};

void check(std::initializer_list<Case> cases) {
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        Agency call;
        one.given(call);
        EXPECT_EQ(one.when(call), one.then);
    }
}

const auto nothing = [](Agency&) {};
const auto sent = [](Agency& c) { c.ask("a", "send"); };
const auto approved = [](Agency& c) {
    c.ask("a", "send");
    c.answer("a", "approve");
};
const auto running_send = [](Agency& c) {
    c.ask("a", "send");
    c.answer("a", "approve");
    c.claim("a");
};
const auto running_look = [](Agency& c) {
    c.ask("a", "look_up");
    c.claim("a");
};

}  // namespace

TEST(Actions, AreAcceptedXorRejectedAndJudgedInTheSameBatch) {
    check({
        {"read-only is allowed by the policy", nothing,
         [](Agency& c) { return c.ask("a", "look_up"); }, allowed},
        {"what goes out is asked first", nothing, [](Agency& c) { return c.ask("a", "send"); },
         asked},
        {"what the policy forbids is blocked", nothing,
         [](Agency& c) { return c.ask("a", "wipe"); },
         "orchestration.action.requested orchestration.action.accepted safety.evaluated "
         "safety.blocked"},
        {"nobody knows such a tool", nothing, [](Agency& c) { return c.ask("a", "fly"); },
         rejected},
        {"the tool does not take these arguments", nothing,
         [](Agency& c) { return c.ask("a", "note", R"({"bad":1})"); }, rejected},
        {"an actionId is used once", [](Agency& c) { c.ask("a", "note"); },
         [](Agency& c) { return c.ask("a", "note"); }, "refused action_exists"},
        {"the same key and arguments are the first action",
         [](Agency& c) { c.ask("a", "note", "{}", R"(,"idempotencyKey":"k")"); },
         [](Agency& c) { return c.ask("b", "note", "{}", R"(,"idempotencyKey":"k")"); },
         "orchestration.action.requested orchestration.action.accepted"},
        {"the same key with other arguments is a conflict",
         [](Agency& c) { c.ask("a", "note", "{}", R"(,"idempotencyKey":"k")"); },
         [](Agency& c) { return c.ask("b", "note", R"({"x":1})", R"(,"idempotencyKey":"k")"); },
         rejected},
        {"another spelling of the same arguments is no conflict",
         [](Agency& c) { c.ask("a", "note", R"({"x":10,"y":"a"})", R"(,"idempotencyKey":"k")"); },
         [](Agency& c) {
             return c.ask("b", "note", R"({"y":"\u0061","x":10.0})", R"(,"idempotencyKey":"k")");
         },
         "orchestration.action.requested orchestration.action.accepted"},
        {"only so many at once",
         [](Agency& c) {
             for (int i = 0; i < 64; ++i) c.ask("a" + std::to_string(i), "send");
         },
         [](Agency& c) { return c.ask("one_more", "send"); }, rejected},
        {"nobody but an agent asks", nothing,
         [](Agency& c) {
             return c.publish("orchestration.action.requested",
                              R"({"actionId":"a","actionType":"note","summary":"s"})");
         },
         "refused type_not_allowed"},
        {"who claims a higher risk is believed, a lower one is not",
         [](Agency& c) {
             c.ask("a", "look_up", "{}", R"(,"risk":"high_risk_external_send")");
             c.ask("b", "send", "{}", R"(,"risk":"read_only")");
         },
         [](Agency& c) {
             return std::string(contract::to_text(c.state.action("a")->risk)) + " " +
                    std::string(contract::to_text(c.state.action("b")->risk));
         },
         "high_risk_external_send high_risk_external_send"},
        {"nothing is asked where nobody can say yes",
         [](Agency& c) {
             c.tools->rulings["send"].confirm_by = Confirmer::owner;
             for (auto& one : c.state.participants)
                 if (one.role == Role::user) one.removed = true;
         },
         [](Agency& c) { return c.ask("a", "send"); },
         "orchestration.action.requested orchestration.action.accepted safety.evaluated "
         "safety.blocked"},
        {"the kill switch stops what would be allowed",
         [](Agency& c) { c.run(SetKillSwitch{true, "stop"}); },
         [](Agency& c) { return c.ask("a", "look_up"); },
         "orchestration.action.requested orchestration.action.accepted safety.evaluated "
         "safety.blocked"},
        {"nothing is asked for after the end",
         [](Agency& c) { c.publish("call.end.requested", "{}"); },
         [](Agency& c) { return c.ask("a", "look_up"); }, "refused session_over"},
    });
}

TEST(Actions, AreConfirmedByTheRightPersonForTheseVeryArguments) {
    const std::string yes =
        "safety.confirmation.resolved safety.approved orchestration.action.approved";
    check({
        {"the owner says yes", sent, [](Agency& c) { return c.answer("a", "approve"); }, yes},
        {"by a frame too", sent,
         [](Agency& c) {
             return c.publish("safety.confirmation.answered",
                              R"({"confirmationId":")" + c.open_confirmation("a") +
                                  R"(","decision":"approve","argsHash":")" +
                                  c.state.action("a")->args_hash + R"("})");
         },
         "safety.confirmation.answered " + yes},
        {"the owner says no", sent, [](Agency& c) { return c.answer("a", "deny"); },
         "safety.confirmation.resolved orchestration.action.cancelled"},
        {"another user may not", sent, [](Agency& c) { return c.answer("a", "approve", "eve"); },
         "refused confirmation_forbidden"},
        {"unless the policy lets any user",
         [](Agency& c) {
             c.tools->rulings["send"].confirm_by = Confirmer::user;
             c.ask("a", "send");
         },
         [](Agency& c) { return c.answer("a", "approve", "eve"); }, yes},
        {"another user may not, also when the owner has left", sent,
         [](Agency& c) {
             c.publish("call.participant.left",
                       R"({"callId":"sess_1","participantId":"ada","role":"user",)"
                       R"("reason":"hangup"})",
                       Role::service, "key_1");
             return c.answer("a", "approve", "eve");
         },
         "refused confirmation_forbidden"},
        {"where a backend owns the call, its users may",
         [](Agency& c) {
             c.state.owner_id = "key_1";
             Participant backend;
             backend.id = "key_1";
             backend.role = Role::user;
             c.state.participants.push_back(backend);
             c.ask("a", "send");
         },
         [](Agency& c) { return c.answer("a", "approve", "eve"); }, yes},
        {"the agent itself may not", sent,
         [](Agency& c) { return c.answer("a", "approve", "bot", Role::agent); },
         "refused confirmation_forbidden"},
        {"a viewer may not", sent,
         [](Agency& c) { return c.answer("a", "approve", "vic", Role::viewer); },
         "refused confirmation_forbidden"},
        {"a stranger may not", sent, [](Agency& c) { return c.answer("a", "approve", "mallory"); },
         "refused forbidden"},
        {"an operator may not say the owner's yes", sent,
         [](Agency& c) { return c.answer("a", "approve", "op", Role::operator_); },
         "refused confirmation_forbidden"},
        {"where an operator is asked the owner may not",
         [](Agency& c) {
             c.tools->rulings["send"].confirm_by = Confirmer::operator_;
             c.ask("a", "send");
         },
         [](Agency& c) {
             return c.answer("a", "approve") + ", " +
                    c.answer("a", "approve", "op", Role::operator_);
         },
         "refused confirmation_forbidden, " + yes},
        {"a yes to something else is none", sent,
         [](Agency& c) {
             return c.answer("a", "approve", "ada", Role::user, "", std::string(64, '0'));
         },
         "refused args_changed"},
        {"a yes that brings arguments is none", sent,
         [](Agency& c) { return c.answer("a", "approve", "ada", Role::user, "{}"); },
         "refused decision_not_allowed"},
        {"the first answer counts",
         [](Agency& c) {
             c.tools->rulings["send"].confirm_by = Confirmer::user;
             c.ask("a", "send");
         },
         [](Agency& c) {
             AnswerConfirmation late;
             late.confirmation_id = c.open_confirmation("a");
             late.decision = "approve";
             late.args_hash = c.state.action("a")->args_hash;
             c.answer("a", "deny", "eve");
             return c.run(late);
         },
         "refused stale"},
        {"the same answer again is the same answer", sent,
         [](Agency& c) {
             AnswerConfirmation again;
             again.confirmation_id = c.open_confirmation("a");
             again.decision = "approve";
             again.args_hash = c.state.action("a")->args_hash;
             c.run(again);
             return c.run(again);
         },
         "nothing"},
        {"no such confirmation", sent,
         [](Agency& c) {
             AnswerConfirmation none;
             none.confirmation_id = "cnf_x";
             return c.run(none);
         },
         "refused confirmation_not_found"},
        {"an edit asks again", sent,
         [](Agency& c) { return c.answer("a", "edit", "ada", Role::user, R"({"to":"b"})"); },
         "orchestration.action.args.replaced safety.evaluated safety.confirmation.superseded "
         "safety.confirmation.requested orchestration.action.awaiting_confirmation"},
        {"also where the policy would allow what was made of it",
         [](Agency& c) {
             c.ask("a", "send");
             c.tools->rulings["send"].outcome = Outcome::allow;
         },
         [](Agency& c) { return c.answer("a", "edit", "ada", Role::user, R"({"to":"b"})"); },
         "orchestration.action.args.replaced safety.evaluated safety.confirmation.superseded "
         "safety.confirmation.requested orchestration.action.awaiting_confirmation"},
        {"an old yes does not hold for the edited one", sent,
         [](Agency& c) {
             const std::string old = c.state.action("a")->args_hash;
             c.answer("a", "edit", "ada", Role::user, R"({"to":"b"})");
             return c.answer("a", "approve", "ada", Role::user, "", old) + ", " +
                    c.answer("a", "approve");
         },
         "refused args_changed, " + yes},
        {"an edit that the tool does not take changes nothing", sent,
         [](Agency& c) { return c.answer("a", "edit", "ada", Role::user, R"({"bad":1})"); },
         "refused args_invalid"},
        {"an edit without arguments is none", sent, [](Agency& c) { return c.answer("a", "edit"); },
         "refused missing_field"},
        {"silence is no", sent, [](Agency& c) { return c.pass(std::chrono::minutes(5)); },
         "safety.confirmation.expired orchestration.action.cancelled"},
        {"not before", sent, [](Agency& c) { return c.pass(std::chrono::minutes(5) - Millis{1}); },
         "nothing"},
        {"a yes that comes too late is none", sent,
         [](Agency& c) {
             c.now += std::chrono::minutes(5);
             return c.answer("a", "approve");
         },
         "refused confirmation_expired"},
        {"what has expired stays so when the clock goes back", sent,
         [](Agency& c) {
             AnswerConfirmation late;
             late.confirmation_id = c.open_confirmation("a");
             late.decision = "approve";
             late.args_hash = c.state.action("a")->args_hash;
             c.pass(std::chrono::minutes(5));
             c.now -= std::chrono::minutes(10);
             return c.run(late);
         },
         "refused confirmation_expired"},
    });
}

TEST(Actions, AreStartedOnceAndEndOnce) {
    check({
        {"what was approved is claimed", approved, [](Agency& c) { return c.claim("a"); },
         "orchestration.action.started"},
        {"what was not is not", sent, [](Agency& c) { return c.claim("a"); },
         "refused action_not_ready"},
        {"nobody claims it twice", running_send, [](Agency& c) { return c.claim("a"); },
         "refused action_not_ready"},
        {"it ends", running_send, [](Agency& c) { return c.finish("a", Done::succeeded); },
         "orchestration.action.succeeded"},
        {"once", running_send,
         [](Agency& c) {
             c.finish("a", Done::succeeded);
             return c.finish("a", Done::failed);
         },
         "refused action_closed"},
        {"an older attempt says nothing any more", running_look,
         [](Agency& c) {
             FinishAction old;
             old.action_id = "a";
             old.attempt = 1;
             old.fence = c.state.action("a")->fence;
             old.outcome = Done::succeeded;
             c.finish("a", Done::failed, true);
             c.now += std::chrono::seconds(1);
             c.claim("a");
             return c.run(old, Role::server, "lifeline");
         },
         "refused attempt_stale"},
        {"a read is tried again", running_look,
         [](Agency& c) { return c.finish("a", Done::failed, true); },
         "orchestration.action.attempt.failed"},
        {"but not at once", running_look,
         [](Agency& c) {
             c.finish("a", Done::failed, true);
             return c.claim("a");
         },
         "refused action_not_ready"},
        {"and only so often", running_look,
         [](Agency& c) {
             std::string all;
             for (int i = 0; i < 3; ++i) {
                 all = c.finish("a", Done::failed, true);
                 c.now += std::chrono::minutes(1);
                 c.claim("a");
             }
             return all;
         },
         "orchestration.action.failed"},
        {"a read that may have happened is tried again", running_look,
         [](Agency& c) { return c.finish("a", Done::unknown); },
         "orchestration.action.attempt.failed"},
        {"what was sent is never sent again", running_send,
         [](Agency& c) { return c.finish("a", Done::failed, true); },
         "orchestration.action.failed"},
        {"what may have been sent is not known to be", running_send,
         [](Agency& c) { return c.finish("a", Done::unknown); },
         "orchestration.action.outcome_unknown"},
        {"also of one that was sent again, until no try is left",
         [](Agency& c) {
             c.tools->add("send", Risk::high_risk_external_send, true, 2, Outcome::confirm);
             running_send(c);
         },
         [](Agency& c) {
             const std::string first = c.finish("a", Done::unknown);
             c.now += std::chrono::minutes(1);
             c.claim("a");
             return first + " " + c.finish("a", Done::unknown);
         },
         "orchestration.action.attempt.failed orchestration.action.outcome_unknown"},
        {"of what only reads nothing is open",
         [](Agency& c) {
             c.tools->add("look_up", Risk::read_only, true, 1, Outcome::allow);
             running_look(c);
         },
         [](Agency& c) { return c.finish("a", Done::unknown); }, "orchestration.action.failed"},
        {"nor after a crash", running_send,
         [](Agency& c) { return c.run(Recovered{}, Role::server, "lifeline"); },
         "orchestration.action.outcome_unknown call.participant.connection.changed "
         "call.reconnecting"},
        {"nor when its runner says nothing", running_send,
         [](Agency& c) { return c.pass(std::chrono::seconds(31)); },
         "orchestration.action.outcome_unknown"},
        {"a late word ends that", running_send,
         [](Agency& c) {
             c.finish("a", Done::unknown);
             return c.finish("a", Done::succeeded);
         },
         "orchestration.action.resolved"},
        {"or a person", running_send,
         [](Agency& c) {
             c.finish("a", Done::unknown);
             return c.run(ResolveAction{"a", "not_executed", "looked"});
         },
         "orchestration.action.resolved"},
        {"who may", running_send,
         [](Agency& c) {
             c.finish("a", Done::unknown);
             return c.run(ResolveAction{"a", "succeeded", "said so"}, Role::user, "eve");
         },
         "refused forbidden"},
        {"what was approved and is forbidden since is blocked", approved,
         [](Agency& c) {
             c.tools->rulings["send"].outcome = Outcome::deny;
             return c.claim("a");
         },
         "safety.evaluated safety.blocked"},
        {"what the policy allowed and now asks for is asked",
         [](Agency& c) {
             c.ask("a", "note");
             c.tools->rulings["note"].outcome = Outcome::confirm;
         },
         [](Agency& c) { return c.claim("a"); },
         "safety.evaluated safety.confirmation.requested "
         "orchestration.action.awaiting_confirmation"},
        {"another policy that says the same is recorded", approved,
         [](Agency& c) {
             c.tools->version = "2";
             return c.claim("a");
         },
         "safety.evaluated orchestration.action.started"},
        {"what is not what was approved is not executed", approved,
         [](Agency& c) {
             c.state.action("a")->args_json = R"({"to":"mallory"})";
             return c.claim("a");
         },
         "orchestration.action.failed"},
        {"a tool that is gone executes nothing", approved,
         [](Agency& c) {
             c.tools->tools.erase("send");
             return c.claim("a");
         },
         "orchestration.action.failed"},
        {"the kill switch stops what was approved", approved,
         [](Agency& c) {
             c.run(SetKillSwitch{true, "stop"});
             return c.claim("a");
         },
         "safety.evaluated safety.blocked"},
        {"a participant's app says what its part came to",
         [](Agency& c) {
             c.ask("a", "open_door");
             c.claim("a");
         },
         [](Agency& c) {
             return c.report("a", R"(,"result":{"open":true})", c.state.action("a")->fence, "ada");
         },
         "orchestration.action.outcome.reported orchestration.action.succeeded"},
        {"of the attempt that is running",
         [](Agency& c) {
             c.ask("a", "open_door");
             c.claim("a");
         },
         [](Agency& c) { return c.report("a", R"(,"result":{})", 1, "ada"); },
         "refused attempt_stale"},
        {"and of nothing that is not theirs", running_send,
         [](Agency& c) {
             return c.report("a", R"(,"result":{})", c.state.action("a")->fence, "ada");
         },
         "refused forbidden"},
        {"the agent says that it has the result",
         [](Agency& c) {
             running_send(c);
             c.finish("a", Done::succeeded);
         },
         [](Agency& c) {
             c.publish("orchestration.result.delivered",
                       R"({"actionId":"a","target":"model","status":"completed"})", Role::agent,
                       "bot");
             return std::string(c.state.action("a")->told ? "told" : "not told");
         },
         "told"},
        {"also that nobody knows it, and then what was found out", running_send,
         [](Agency& c) {
             c.finish("a", Done::unknown);
             const auto tell = [&c] {
                 return c.publish("orchestration.result.delivered",
                                  R"({"actionId":"a","target":"model","status":"completed"})",
                                  Role::agent, "bot");
             };
             std::string all = tell();
             all += c.state.action("a")->told ? " told" : " not told";
             c.run(ResolveAction{"a", "succeeded", "looked"});
             return all + (c.state.action("a")->told ? " told" : " not told");
         },
         "orchestration.result.delivered told not told"},
        {"of another's result it says nothing",
         [](Agency& c) {
             c.run(AddParticipant{{"bob", Role::agent, ""}});
             running_send(c);
             c.finish("a", Done::succeeded);
         },
         [](Agency& c) {
             return c.publish("orchestration.result.delivered",
                              R"({"actionId":"a","target":"model","status":"completed"})",
                              Role::agent, "bob");
         },
         "refused forbidden"},
        {"what is late does not begin",
         [](Agency& c) { c.ask("a", "note", "{}", R"(,"deadlineMs":60000)"); },
         [](Agency& c) {
             c.now += std::chrono::minutes(1);
             return c.claim("a");
         },
         "orchestration.action.timed_out"},
        {"what its tool has become by now is what it is judged as", approved,
         [](Agency& c) {
             c.ask("b", "note");
             c.tools->tools["note"].risk = Risk::high_risk_external_send;
             c.claim("b");
             return std::string(contract::to_text(c.tools->asked_risk));
         },
         "high_risk_external_send"},
    });
}

TEST(Actions, AreStoppedWhileTheyHaveNotStarted) {
    check({
        {"by a user", sent, [](Agency& c) { return c.cancel("a", "ada", Role::user); },
         "orchestration.action.cancel.requested safety.confirmation.cancelled "
         "orchestration.action.cancelled"},
        {"by the agent that asked", approved,
         [](Agency& c) { return c.cancel("a", "bot", Role::agent); },
         "orchestration.action.cancel.requested orchestration.action.cancelled"},
        {"what has started is asked to", running_send,
         [](Agency& c) { return c.cancel("a", "ada", Role::user); },
         "orchestration.action.cancel.requested"},
        {"and ends as its executor says",
         [](Agency& c) {
             running_send(c);
             c.cancel("a", "ada", Role::user);
         },
         [](Agency& c) { return c.finish("a", Done::cancelled); },
         "orchestration.action.cancelled"},
        {"by REST it is recorded too", running_send,
         [](Agency& c) { return c.run(CancelAction{"a"}) + ", " + c.run(CancelAction{"a"}); },
         "orchestration.action.cancel.requested, nothing"},
        {"what is not wanted is not tried again",
         [](Agency& c) {
             running_look(c);
             c.cancel("a", "ada", Role::user);
         },
         [](Agency& c) { return c.finish("a", Done::failed, true); },
         "orchestration.action.failed"},
        {"what is over stays so", running_send,
         [](Agency& c) {
             c.finish("a", Done::succeeded);
             return c.cancel("a", "ada", Role::user);
         },
         "refused action_closed"},
        {"who talks over the agent stops what it was about to do",
         [](Agency& c) {
             c.ask("a", "send", "{}", R"(,"requestedBy":{"turnId":"t1"},"cancelOnInterrupt":true)");
             c.ask("b", "send", "{}", R"(,"requestedBy":{"turnId":"t1"})");
         },
         [](Agency& c) {
             return c.publish(
                 "call.turn.interrupted",
                 R"({"callId":"sess_1","turnId":"t1","by":"ada","atMs":1,"generatedChars":1,"playedMs":1})");
         },
         "call.turn.interrupted safety.confirmation.cancelled orchestration.action.cancelled"},
        {"so does the agent that hears it and stops",
         [](Agency& c) {
             c.publish("orchestration.turn.started",
                       R"({"turnId":"t1","orchestrator":"o","inputUtteranceIds":[]})", Role::agent,
                       "bot");
             c.ask("a", "send", "{}", R"(,"requestedBy":{"turnId":"t1"},"cancelOnInterrupt":true)");
             c.ask("b", "send", "{}", R"(,"requestedBy":{"turnId":"t1"})");
         },
         [](Agency& c) {
             return c.publish("orchestration.turn.cancelled",
                              R"({"turnId":"t1","durationMs":1,"cause":"barge_in"})", Role::agent,
                              "bot");
         },
         "orchestration.turn.cancelled safety.confirmation.cancelled "
         "orchestration.action.cancelled"},
        {"the end of the call stops what has not begun, and says so before",
         [](Agency& c) {
             running_send(c);
             c.ask("b", "send");
             c.ask("c", "note");
         },
         [](Agency& c) { return c.publish("call.end.requested", "{}"); },
         "call.end.requested safety.confirmation.cancelled orchestration.action.cancelled "
         "orchestration.action.cancelled call.ended"},
        {"what had begun still ends",
         [](Agency& c) {
             running_send(c);
             c.publish("call.end.requested", "{}");
         },
         [](Agency& c) { return c.finish("a", Done::succeeded); },
         "orchestration.action.succeeded"},
        {"its time is over", [](Agency& c) { c.ask("a", "send", "{}", R"(,"deadlineMs":60000)"); },
         [](Agency& c) { return c.pass(std::chrono::minutes(1)); },
         "safety.confirmation.cancelled orchestration.action.timed_out"},
    });
}

TEST(Actions, SayInOneWordWhyTheyAreOver) {
    const auto word = [](auto bring) {
        Agency call;
        bring(call);
        const Action& action = call.state.actions.front();
        return action.outcome + " " + action.code;
    };
    EXPECT_EQ(word([](Agency& c) { running_send(c), c.finish("a", Done::failed); }),
              "failed broken");
    EXPECT_EQ(word([](Agency& c) { running_send(c), c.finish("a", Done::succeeded); }),
              "succeeded ");
    EXPECT_EQ(word([](Agency& c) { sent(c), c.answer("a", "deny"); }), "cancelled denied");
    EXPECT_EQ(word([](Agency& c) { sent(c), c.cancel("a", "ada", Role::user); }), "cancelled user");
    EXPECT_EQ(word([](Agency& c) { c.ask("a", "nonsense"); }), "rejected unknown_type");
}

TEST(Actions, AreTheFoldOfTheirEvents) {
    Agency call;
    call.ask("a", "send", R"({"to":"a","n":1.0})");
    call.answer("a", "edit", "ada", Role::user, R"({"to":"b"})");
    call.answer("a", "approve");
    call.claim("a");
    call.ask("b", "look_up");
    call.claim("b");
    call.finish("b", Done::failed, true);
    call.ask("c", "send");
    State again;
    again.id = call.state.id;
    std::uint64_t seq = 0;
    for (const auto& json : call.log) {
        const auto event = call.checker.read_stored(json);
        ASSERT_TRUE(event.has_value());
        apply(again, *event, "bot", ++seq);
    }
    ASSERT_EQ(again.actions.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const Action& one = again.actions[i];
        const Action& other = call.state.actions[i];
        EXPECT_EQ(one.state, other.state);
        EXPECT_EQ(one.outcome, other.outcome);
        EXPECT_EQ(one.code, other.code);
        EXPECT_EQ(one.args_json, other.args_json);
        EXPECT_EQ(one.args_hash, other.args_hash);
        EXPECT_EQ(one.fence, other.fence);
        EXPECT_EQ(one.retry_at, other.retry_at);
        EXPECT_EQ(one.evaluations, other.evaluations);
        EXPECT_EQ(one.approved_by_person, other.approved_by_person);
    }
    EXPECT_EQ(again.actions[0].args_json, R"({"to":"b"})");
    EXPECT_EQ(next_deadline(again), next_deadline(call.state));
}

// What a person is shown is made by the server, from what would be executed.
TEST(Actions, ShowThePersonWhatTheyWouldApprove) {
    Agency call;
    call.ask("a", "send", R"({"to":"b","at":10.0})");
    const auto event = contract::Json::parse(call.log[call.log.size() - 2]);
    ASSERT_TRUE(event.has_value());
    const auto payload = event->find("payload");
    ASSERT_TRUE(payload.has_value());
    EXPECT_EQ(payload->text("preview"), R"({"at":10,"to":"b"})");
    EXPECT_EQ(payload->text("argsHash"), args_hash("a", "send", R"({"at":10,"to":"b"})"));
    EXPECT_EQ(payload->text("answerableBy"), "owner");
}

// An outcome is never lost because it was said badly.
TEST(Actions, TakeAnyOutcomeWhateverItLooksLike) {
    Agency call;
    running_look(call);
    FinishAction how;
    how.action_id = "a";
    how.attempt = 1;
    how.fence = call.state.action("a")->fence;
    how.outcome = Done::failed;
    how.code = "Not A Code!";
    how.message = std::string(2000, 'x') + "\xC3\xA9";
    EXPECT_EQ(call.run(how, Role::server, "lifeline"), "orchestration.action.failed");
    call.ask("b", "look_up");
    call.claim("b");
    how.action_id = "b";
    how.fence = call.state.action("b")->fence;
    how.outcome = Done::succeeded;
    how.summary = std::string(5000, 'y');
    how.result_json = R"({"text":")" + std::string(20'000, 'z') + R"("})";
    EXPECT_EQ(call.run(how, Role::server, "lifeline"), "orchestration.action.succeeded");
}

TEST(ArgsHash, IsOfTheseArgumentsOfThisAction) {
    const auto one = args_hash("a", "send", "{}");
    EXPECT_EQ(one.size(), 64U);
    EXPECT_NE(one, args_hash("b", "send", "{}"));
    EXPECT_NE(one, args_hash("a", "note", "{}"));
    EXPECT_NE(one, args_hash("a", "send", R"({"x":1})"));
    EXPECT_NE(args_hash("ab", "c", "{}"), args_hash("a", "bc", "{}"));
}

}  // namespace lifeline::call
