#include <gtest/gtest.h>

#include <optional>

#include "call/access.h"
#include "call/test_call.h"

namespace lifeline::call {

TEST(Access, AStrangerSeesNothing) {
    Call call;
    call.running();
    struct Case {
        const char* name;
        Caller caller;
        std::optional<Role> then;
    };
    const Case cases[] = {
        {"the owner", {"ada", "acct_1", Role::user}, Role::user},
        {"the agent who was asked", {"bot", "acct_1", Role::agent}, Role::agent},
        {"another user of the account", {"eve", "acct_1", Role::user}, std::nullopt},
        {"a service of the account", {"key_1", "acct_1", Role::service}, Role::service},
        {"a service of another", {"key_1", "acct_2", Role::service}, std::nullopt},
        {"an operator of another", {"op", "acct_2", Role::operator_}, std::nullopt},
        {"the administrator", {"root", "acct_0", Role::admin}, Role::admin},
        {"an agent nobody asked", {"bot2", "acct_1", Role::agent}, std::nullopt},
    };
    for (const auto& [name, caller, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(role_in(call.state, caller), then);
    }
    call.run(RemoveParticipant{"bot", ""});
    EXPECT_EQ(role_in(call.state, {"bot", "acct_1", Role::agent}), std::nullopt);
}

// Whatever the token of somebody who was removed says; an operator of the account is one by the
// account.
TEST(Access, WhoWasRemovedIsAStranger) {
    Call call;
    call.running();
    call.run(AddParticipant{{"gst_1", Role::operator_, ""}}, Role::service, "key_1");
    const Caller guest{"gst_1", "acct_1", Role::user, true};
    const Caller as_operator{"gst_1", "acct_1", Role::operator_, true};
    EXPECT_EQ(role_in(call.state, guest), Role::operator_);
    EXPECT_EQ(role_in(call.state, as_operator), Role::operator_);
    EXPECT_FALSE(by_account(as_operator));
    call.run(RemoveParticipant{"gst_1", ""});
    EXPECT_EQ(role_in(call.state, guest), std::nullopt);
    EXPECT_EQ(role_in(call.state, as_operator), std::nullopt);
    const Caller of_the_account{"gst_1", "acct_1", Role::operator_};
    EXPECT_EQ(role_in(call.state, of_the_account), Role::operator_);
    EXPECT_TRUE(by_account(of_the_account));
}

}  // namespace lifeline::call
