#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

namespace lifeline::call {

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
        {"what nobody knows the outcome of takes no place",
         [](Agency& c) {
             for (int i = 0; i < 64; ++i) {
                 const std::string id = "a" + std::to_string(i);
                 c.ask(id, "send");
                 c.answer(id, "approve");
                 c.claim(id);
                 c.finish(id, Done::unknown);
             }
         },
         [](Agency& c) { return c.ask("b", "send"); }, asked},
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

}  // namespace lifeline::call
