#include "call/test_call.h"

namespace lifeline::call {

TEST(Provider, IsNamedAtCreationByThoseWhoKnow) {
    struct Case {
        const char* name;
        Role by;
        std::string provider;
        bool allowed;
    };
    const Case cases[] = {
        {"a user", Role::user, "livekit", false},
        {"an agent", Role::agent, "livekit", false},
        {"a viewer", Role::viewer, "livekit", false},
        {"a service", Role::service, "livekit", true},
        {"an operator", Role::operator_, "livekit", true},
        {"an admin", Role::admin, "livekit", true},
        {"a user, none", Role::user, "none", true},
        {"a user, nothing", Role::user, "", true},
    };
    for (const auto& [name, by, provider, allowed] : cases) {
        SCOPED_TRACE(name);
        Call call;
        Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "voice";
        create.provider = provider;
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.reconnect_window = std::chrono::minutes(15);
        create.members = {{"ada", Role::user, "Ada"}};
        const std::string what = call.run(create, by, "whoever");
        EXPECT_EQ(what, allowed ? "call.created call.participant.added" : "refused forbidden");
        EXPECT_EQ(call.state.held_by_provider(), allowed && by != Role::user);
        if (!allowed) continue;
        EXPECT_EQ(call.run(create, by, "whoever"), "nothing") << "the same request again";
    }
}

}  // namespace lifeline::call
