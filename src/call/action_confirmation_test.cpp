#include <gtest/gtest.h>

#include <string>

#include "call/args_hash.h"
#include "call/test_actions.h"
#include "contract/json.h"

namespace lifeline::call {

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

}  // namespace lifeline::call
