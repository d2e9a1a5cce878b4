#include "safety/kill_switches.h"

#include <gtest/gtest.h>

#include "safety/policy.h"

namespace lifeline::safety {
namespace {

const Question question{.action_type = "send_email",
                        .risk = contract::Risk::read_only,
                        .session_id = "sess_1",
                        .account_id = "acct_1",
                        .args_json = R"({"to":"a@example.com"})"};

TEST(KillSwitches, StopWhatTheyAreFor) {
    struct Case {
        const char* name;
        KillSwitches switches;
        const char* rule;  // empty: nothing is stopped
    };
    const Case cases[] = {
        {"none", {}, ""},
        {"global", {.global = "drill"}, "kill_switch:global"},
        {"account", {.accounts = {{"acct_1", "x"}}}, "kill_switch:account"},
        {"another account", {.accounts = {{"acct_2", "x"}}}, ""},
        {"session", {.sessions = {{"sess_1", "x"}}}, "kill_switch:session"},
        {"another session", {.sessions = {{"sess_", "x"}, {"sess_11", "x"}}}, ""},
        {"action", {.action_types = {{"send_email", "x"}}}, "kill_switch:action_type"},
        {"an account's action",
         {.action_types_of_accounts = {{"acct_1", {{"send_email", "x"}}}}},
         "kill_switch:action_type"},
        {"another account's action",
         {.action_types_of_accounts = {{"acct_2", {{"send_email", "x"}}},
                                       {"acct_1", {{"pay", "x"}}}}},
         ""},
        {"another action", {.action_types = {{"send_*", "x"}}}, ""},
        {"the widest is named",
         {.global = "drill", .sessions = {{"sess_1", "x"}}},
         "kill_switch:global"},
    };
    for (const auto& [name, switches, rule] : cases) {
        SCOPED_TRACE(name);
        const auto verdict = switches.stop(question);
        EXPECT_EQ(verdict ? verdict->rules.front() : "", rule);
        if (!verdict) continue;
        EXPECT_EQ(verdict->outcome, Outcome::deny);
        EXPECT_EQ(verdict->reason, "kill_switch");
        EXPECT_EQ(verdict->inputs_hash, Policy::standard().evaluate(question).inputs_hash);
    }
}

TEST(KillSwitches, SayWhy) {
    EXPECT_EQ((KillSwitches{.global = "a drill"}).stop(question)->message,
              "This was stopped: a drill");
    EXPECT_EQ((KillSwitches{.global = ""}).stop(question)->message, "This was stopped.");
}

}  // namespace
}  // namespace lifeline::safety
