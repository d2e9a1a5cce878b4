#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

namespace lifeline::call {

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
        {"and why it was stopped is who wanted it",
         [](Agency& c) {
             running_send(c);
             c.cancel("a", "bot", Role::agent);
         },
         [](Agency& c) {
             c.finish("a", Done::cancelled);
             return c.state.action("a")->code;
         },
         "agent"},
        {"an operator by REST for one", running_send,
         [](Agency& c) {
             c.run(CancelAction{"a"}, Role::operator_, "olga");
             c.finish("a", Done::cancelled);
             return c.state.action("a")->code;
         },
         "operator"},
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
        {"what runs already is asked to stop",
         [](Agency& c) {
             c.ask("a", "look_up", "{}",
                   R"(,"requestedBy":{"turnId":"t1"},"cancelOnInterrupt":true)");
             c.claim("a");
         },
         [](Agency& c) {
             const char* const interrupted =
                 R"({"callId":"sess_1","turnId":"t1","by":"ada","atMs":1,"generatedChars":1,"playedMs":1})";
             std::string said = c.publish("call.turn.interrupted", interrupted);
             EXPECT_EQ(c.state.action("a")->cancel_cause, "barge_in");
             said += " " + c.finish("a", Done::cancelled);
             EXPECT_EQ(c.state.action("a")->code, "barge_in");
             return said;
         },
         "call.turn.interrupted orchestration.action.cancel.requested "
         "orchestration.action.cancelled"},
        {"an agent is not stopped by what another says of it",
         [](Agency& c) {
             c.run(AddParticipant{{"bot2", Role::agent, ""}});
             c.ask("a", "send", "{}", R"(,"requestedBy":{"turnId":"t1"},"cancelOnInterrupt":true)");
         },
         [](Agency& c) {
             return c.publish(
                 "call.turn.interrupted",
                 R"({"callId":"sess_1","turnId":"t1","by":"bot2","atMs":1,"generatedChars":1,"playedMs":1})",
                 Role::agent, "bot2");
         },
         "call.turn.interrupted"},
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

}  // namespace lifeline::call
