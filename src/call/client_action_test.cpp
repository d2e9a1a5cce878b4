#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

// What an app in the call does itself: given to one person, and theirs alone to speak of.
namespace lifeline::call {

namespace {

const auto running_door = [](Agency& c) {
    c.ask("a", "open_door");
    c.claim("a");
};

std::string report(Agency& c, const char* who, Role role = Role::user) {
    const std::string fence = std::to_string(c.state.action("a")->fence);
    return c.publish("orchestration.action.outcome.reported",
                     R"({"actionId":"a","attempt":1,"fence":)" + fence + R"(,"result":{}})", role,
                     who);
}

std::string tell(Agency& c, const char* who, Role role = Role::user) {
    return c.publish("orchestration.action.progress", R"({"actionId":"a","message":"half"})", role,
                     who);
}

}  // namespace

TEST(ClientActions, AreThoseOfThePersonTheyWereGivenTo) {
    check({
        {"the owner says what came of it", running_door, [](Agency& c) { return report(c, "ada"); },
         "orchestration.action.outcome.reported orchestration.action.succeeded"},
        {"nobody else", running_door, [](Agency& c) { return report(c, "eve"); },
         "refused forbidden"},
        {"least of all the agent that wants it done", running_door,
         [](Agency& c) { return report(c, "bot", Role::agent); }, "refused forbidden"},
        {"nor how far it is", running_door, [](Agency& c) { return tell(c, "eve"); },
         "refused forbidden"},
        {"which the owner does", running_door, [](Agency& c) { return tell(c, "ada"); },
         "orchestration.action.progress"},
        {"what the server runs is nobody's", running_look,
         [](Agency& c) { return report(c, "ada"); }, "refused forbidden"},
        {"an app that says nothing in its tool's time is lost, and not later", running_door,
         [](Agency& c) { return c.pass(std::chrono::seconds(10)); },
         "orchestration.action.outcome_unknown"},
    });
}

TEST(ClientActions, AreGivenToAUserWhoIsThereWhereABackendOwnsTheCall) {
    Agency call;
    call.state.owner_id = "key_1";
    call.run(LineChanged{"ada", false}, Role::server, "lifeline");
    call.run(LineChanged{"eve", true}, Role::server, "lifeline");
    running_door(call);
    EXPECT_EQ(call.state.action("a")->run_by, "eve");
    EXPECT_EQ(report(call, "ada"), "refused forbidden");
    EXPECT_EQ(report(call, "eve"),
              "orchestration.action.outcome.reported orchestration.action.succeeded");
}

}  // namespace lifeline::call
