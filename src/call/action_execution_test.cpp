#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

namespace lifeline::call {

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
        {"a read whose tool is not known again yet is tried again",
         [](Agency& c) {
             running_look(c);
             c.tools->tools.erase("look_up");
         },
         [](Agency& c) { return c.run(Recovered{}, Role::server, "lifeline"); },
         "orchestration.action.attempt.failed call.participant.connection.changed "
         "call.reconnecting"},
        {"nothing is tried again after the time that it had",
         [](Agency& c) {
             c.ask("a", "look_up", "{}", R"(,"deadlineMs":1500)");
             c.claim("a");
             c.now += std::chrono::seconds(1);
         },
         [](Agency& c) { return c.finish("a", Done::failed, true); },
         "orchestration.action.failed"},
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

}  // namespace lifeline::call
