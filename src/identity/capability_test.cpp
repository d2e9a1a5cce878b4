#include "identity/capability.h"

#include <gtest/gtest.h>

#include "identity/access_token.h"
#include "identity/connect_token.h"
#include "identity/test_house.h"

// What an agent is handed so that it can act in one call.
namespace lifeline::identity {

namespace {

using contract::Role;
using Purpose = Authenticator::Purpose;

Principal owner(test::House& house) {
    return {.user_id = "usr_owner",
            .account_id = "acct_test",
            .role = Role::user,
            .expires_at = house.loop.clock().wall() + Millis(600'000)};
}

const Capabilities::Grant grant{"sess_1", "usr_bot", "Bot"};

std::string reason_at(test::House& house, const std::string& token, Purpose purpose) {
    const auto who = house.ask(token, purpose);
    return who ? "" : who.error().reason;
}

}  // namespace

TEST(Capability, IsTheAgentInItsCallWhoeverMadeIt) {
    test::House house;
    const auto made = Capabilities(house.keys)
                          .mint(grant, owner(house), house.loop.clock().wall(), Millis(60'000));
    const auto who = house.ask(made.token, Purpose::act);
    ASSERT_TRUE(who) << who.error().detail;
    EXPECT_EQ(who->user_id, "usr_bot");
    EXPECT_EQ(who->account_id, "acct_test");
    EXPECT_EQ(who->role, Role::agent);
    EXPECT_EQ(who->call, (CallBinding{"sess_1", Role::agent}));
    EXPECT_EQ(who->expires_at, made.expires_at);
}

TEST(Capability, OpensTheMcpDoorOnlyAndNoOtherTokenOfACallOpensThat) {
    test::House house;
    const auto now = house.loop.clock().wall();
    const auto token =
        Capabilities(house.keys).mint(grant, owner(house), now, Millis(60'000)).token;
    Principal bound = owner(house);
    bound.call = CallBinding{"sess_1", Role::user};
    const auto socket = ConnectTokens(house.keys).mint(bound, now, Millis(60'000));
    const auto access = mint_access_token(house.keys, owner(house), now);
    struct Case {
        const char* name;
        std::string token;
        Purpose purpose;
        const char* reason;
    };
    const Case cases[] = {
        {"a capability acts", token, Purpose::act, ""},
        {"a capability asks nothing of REST", token, Purpose::request, "token_wrong_kind"},
        {"a capability opens no socket", token, Purpose::socket, "token_wrong_kind"},
        {"a connect token does not act", socket, Purpose::act, "token_wrong_kind"},
        {"an access token does all", access, Purpose::act, ""},
    };
    for (const auto& [name, shown, purpose, reason] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(reason_at(house, shown, purpose), reason);
    }
}

TEST(Capability, EndsInTimeAndWithWhatItWasMadeWith) {
    test::House house;
    house.write(create_account(house.deciding(), "acct_a", "A").value());
    auto key = create_key(house.deciding(), {.account_id = "acct_a", .name = "n", .by = "u"});
    house.write(key->changes);
    const auto service = house.ask(std::string(key->key.text.reveal()), Purpose::request);
    ASSERT_TRUE(service) << service.error().detail;
    const auto now = house.loop.clock().wall();
    const Capabilities capabilities(house.keys);
    const auto by_key = capabilities.mint(grant, *service, now, Millis(900'000)).token;
    const auto brief = capabilities.mint(grant, owner(house), now, Millis(30'000)).token;
    const auto by_owner = capabilities.mint(grant, owner(house), now, Millis(900'000));
    EXPECT_EQ(by_owner.expires_at, owner(house).expires_at) << "no longer than who made it";
    EXPECT_EQ(reason_at(house, by_key, Purpose::act), "");
    EXPECT_EQ(reason_at(house, brief, Purpose::act), "");
    house.loop.run_for(Millis(30'000));
    EXPECT_EQ(reason_at(house, brief, Purpose::act), "token_expired");
    EXPECT_EQ(reason_at(house, by_owner.token, Purpose::act), "");
    house.write(revoke_key(house.deciding(), key->key.key_id, "u").value());
    EXPECT_EQ(reason_at(house, by_key, Purpose::act), "key_revoked");
}

TEST(Capability, IsRefusedWhenAnythingOfItWasChanged) {
    test::House house;
    const Capabilities capabilities(house.keys);
    const auto now = house.loop.clock().wall();
    const auto token = capabilities.mint(grant, owner(house), now, Millis(60'000)).token;
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(capabilities.verify(changed, now).error().reason, "token_invalid") << i;
        EXPECT_FALSE(capabilities.verify(token.substr(0, i), now)) << i;
    }
    test::House other;
    EXPECT_FALSE(Capabilities(other.keys).verify(token, now)) << "another instance's key";
}

}  // namespace lifeline::identity
