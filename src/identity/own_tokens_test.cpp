#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/access_token.h"
#include "identity/connect_token.h"
#include "identity/test_house.h"

// The tokens that an instance makes itself.
namespace lifeline::identity {

namespace {

using contract::Role;

Principal alice(test::House& house) {
    return {.user_id = "usr_alice",
            .account_id = "acct_test",
            .role = Role::operator_,
            .expires_at = house.loop.clock().wall() + Millis(600'000),
            .display_name = "Alice \"A\" Žofie"};
}

Principal in_call(Principal principal) {
    principal.call = CallBinding{"sess_1", Role::agent};
    return principal;
}

}  // namespace

TEST(AccessToken, GivesItsPrincipalBack) {
    test::House house;
    for (const Principal& given : {alice(house), in_call(alice(house))}) {
        const auto token = mint_access_token(house.keys, given, house.loop.clock().wall());
        EXPECT_EQ(std::ranges::count(token, '.'), 2);
        const auto back = house.ask(token);
        ASSERT_TRUE(back) << back.error().detail;
        EXPECT_EQ(*back, given);
    }
}

TEST(AccessToken, EndsWhenItsPrincipalDoesEvenIfItIsRemembered) {
    test::House house;
    const auto token = mint_access_token(house.keys, alice(house), house.loop.clock().wall());
    house.loop.run_for(Millis(599'000));
    EXPECT_EQ(house.reason_of(token), "");
    house.loop.run_for(Millis(1'000));
    EXPECT_EQ(house.reason_of(token), "token_expired");
}

TEST(AccessToken, OfAnotherInstanceIsNotOurs) {
    test::House house;
    test::House other;
    const auto now = house.loop.clock().wall();
    EXPECT_EQ(house.reason_of(mint_access_token(other.keys, alice(other), now)), "token_invalid");
}

TEST(AccessToken, IsTheOnlyThingThatTheSigningKeyCanPassOffAsOne) {
    test::House house;
    const test::Signer sign = [&](std::string_view input) {
        return std::string(view(house.keys.signing_key().sign(input)));
    };
    const test::Members header = {
        {"alg", "\"EdDSA\""}, {"kid", '"' + house.keys.key_id() + '"'}, {"typ", "\"at+jwt\""}};
    const test::Members claims = {{"iss", '"' + house.keys.issuer() + '"'},
                                  {"aud", "\"lifeline\""},
                                  {"sub", "\"usr_alice\""},
                                  {"account", "\"acct_test\""},
                                  {"role", "\"user\""},
                                  {"exp", test::seconds(60)}};
    struct Case {
        const char* name;
        test::Members header;
        test::Members claims;
        const char* reason;
    };
    const Case cases[] = {
        {"whole", header, claims, ""},
        {"no typ", header.without("typ"), claims, "token_invalid"},
        {"typ JWT", header.with("typ", "\"JWT\""), claims, "token_invalid"},
        {"another audience", header, claims.with("aud", "\"x\""), "token_invalid"},
        {"another issuer", header, claims.with("iss", "\"urn:lifeline:0\""), "token_invalid"},
        {"no account", header, claims.without("account"), "token_invalid"},
        {"an account that is none", header, claims.with("account", "\"test\""), "token_invalid"},
        {"no role", header, claims.without("role"), "token_invalid"},
        {"the server's role", header, claims.with("role", "\"server\""), "token_invalid"},
        {"a role that is none", header, claims.with("role", "\"root\""), "token_invalid"},
        {"a call without role", header, claims.with("call", "\"sess_1\""), "token_invalid"},
        {"no expiry", header, claims.without("exp"), "token_invalid"},
        {"HS256", header.with("alg", "\"HS256\""), claims, "token_invalid"},
    };
    for (const auto& [name, head, body, reason] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(house.reason_of(test::jws(head.json(), body.json(), sign)), reason);
    }
}

TEST(AccessToken, IsRefusedWhenItsAccountIsDisabled) {
    test::House house;
    house.write(create_account(house.deciding(), "acct_test", "Test").value());
    const auto token = mint_access_token(house.keys, alice(house), house.loop.clock().wall());
    EXPECT_EQ(house.reason_of(token), "");
    house.write(
        set_account_state(house.deciding(), "acct_test", AccountState::disabled, "usr_1").value());
    EXPECT_EQ(house.reason_of(token), "account_disabled");
    house.write(
        set_account_state(house.deciding(), "acct_test", AccountState::enabled, "usr_1").value());
    EXPECT_EQ(house.reason_of(token), "");
}

TEST(AccessToken, CanBeCheckedWithThePublishedKeys) {
    test::House house;
    const test::Folder folder;
    auto issuer = test::issuer_config(
        JwksFile{folder.write("published", R"({"keys":[)" + house.keys.public_jwk_json() + "]}")});
    issuer.issuer = "https://anybody.example";
    test::House elsewhere({issuer});
    const test::Signer sign = [&](std::string_view input) {
        return std::string(view(house.keys.signing_key().sign(input)));
    };
    const test::Forge forge(house.keys.key_id());
    EXPECT_EQ(elsewhere.reason_of(test::jws(
                  forge.header().json(),
                  forge.claims().with("iss", "\"https://anybody.example\"").json(), sign)),
              "");
}

TEST(ConnectToken, GivesItsPrincipalBack) {
    test::House house;
    const ConnectTokens tokens(house.keys);
    const Principal given = in_call(alice(house));
    const auto token = tokens.mint(given, house.caller.clock().wall(), Millis(60'000));
    EXPECT_TRUE(token.starts_with("llc_"));
    const auto back = house.ask(token);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(*back, given);
}

TEST(ConnectToken, OpensSocketsAndNothingElse) {
    test::House house;
    const auto now = house.caller.clock().wall();
    const auto token = ConnectTokens(house.keys).mint(in_call(alice(house)), now, Millis(60'000));
    const auto refused = house.ask(token, Authenticator::Purpose::request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "token_wrong_kind");
    EXPECT_EQ(house.reason_of(token), "") << "nor is it used up";
}

// What somebody exchanged for a connect token while they could must not outlive what they showed.
TEST(ConnectToken, IsWorthNoMoreThanWhatItWasMadeWith) {
    test::House house({test::issuer_config(SharedSecret{
        .secret = Secret(std::string("a secret of thirty-two bytes, or so")), .key_id = "hs1"})});
    const auto now = house.loop.clock().wall();
    const auto connect_token_for = [&](const std::string& shown) {
        const auto who = house.ask(shown);
        EXPECT_TRUE(who) << who.error().detail;
        return ConnectTokens(house.keys).mint(in_call(*who), now, Millis(60'000));
    };
    for (const char* account : {"acct_a", "acct_b", "acct_test"})
        house.write(create_account(house.deciding(), account, "Some").value());
    const auto key_of = [&](std::string_view account, std::optional<WallTime> end) {
        auto made = create_key(house.deciding(),
                               {.account_id = account, .name = "n", .expires_at = end, .by = "u"});
        house.write(made->changes);
        return std::move(made->key);
    };
    const ApiKey revoked = key_of("acct_a", {});
    const ApiKey ending = key_of("acct_a", now + Millis(30'000));
    const ApiKey disabled = key_of("acct_b", {});
    const auto by_jwt =
        connect_token_for(test::jws(R"({"alg":"HS256","kid":"hs1"})", test::Forge().claims().json(),
                                    test::hmac_signer("a secret of thirty-two bytes, or so")));
    const auto by_revoked = connect_token_for(revoked.text.reveal());
    const auto by_ending = connect_token_for(ending.text.reveal());
    const auto by_disabled = connect_token_for(disabled.text.reveal());
    const auto own = connect_token_for(mint_access_token(house.keys, alice(house), now));
    for (const auto& token : {by_jwt, by_revoked, by_ending, by_disabled, own})
        EXPECT_EQ(house.reason_of(token), "");

    house.write(revoke_key(house.deciding(), revoked.key_id, "u").value());
    EXPECT_EQ(house.reason_of(by_revoked), "key_revoked");
    house.write(set_account_state(house.deciding(), "acct_b", AccountState::disabled, "u").value());
    EXPECT_EQ(house.reason_of(by_disabled), "account_disabled");
    house.loop.run_for(Millis(30'000));
    EXPECT_EQ(house.reason_of(by_ending), "token_expired");
    EXPECT_EQ(house.reason_of(by_jwt), "");
    house.write(first_sight(house.deciding(),
                            {"https://id.example/", "bob", "usr_bob", "acct_test", "acct_test"}));
    house.write(
        link_identity(house.deciding(), {"https://id.example/", "alice", "usr_bob", "u"}).value());
    EXPECT_EQ(house.reason_of(by_jwt), "user_unknown") << "alice is somebody else now";
    house.write(
        set_account_state(house.deciding(), "acct_test", AccountState::disabled, "u").value());
    EXPECT_EQ(house.reason_of(own), "account_disabled");
}

TEST(ConnectToken, LivesShortAndNeverLongerThanThePrincipal) {
    test::House house;
    const ConnectTokens tokens(house.keys);
    const auto now = house.caller.clock().wall();
    Principal given = in_call(alice(house));
    const auto reason_after = [&](const std::string& token, Millis later) {
        const auto who = tokens.verify(token, now + later);
        return who ? "" : who.error().reason;
    };
    const auto token = tokens.mint(given, now, Millis(60'000));
    EXPECT_EQ(reason_after(token, Millis(59'999)), "");
    EXPECT_EQ(reason_after(token, Millis(60'000)), "token_expired");
    given.expires_at = now + Millis(10'000);
    const auto brief = tokens.mint(given, now, Millis(60'000));
    EXPECT_EQ(reason_after(brief, Millis(9'999)), "");
    EXPECT_EQ(reason_after(brief, Millis(10'000)), "token_expired");
}

TEST(ConnectToken, IsRefusedWhenAnythingOfItWasChanged) {
    test::House house;
    const ConnectTokens tokens(house.keys);
    const auto now = house.caller.clock().wall();
    const auto token = tokens.mint(in_call(alice(house)), now, Millis(60'000));
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(tokens.verify(changed, now).error().reason, "token_invalid") << i;
        EXPECT_FALSE(tokens.verify(token.substr(0, i), now)) << i;
    }
    for (const std::string& more :
         {token + "A", token + "=", token + ".", std::string(token).append(".").append(token),
          " " + token, token + "\n"})
        EXPECT_FALSE(tokens.verify(more, now)) << more;

    test::House other;
    EXPECT_FALSE(ConnectTokens(other.keys).verify(token, now)) << "another instance's key";
}

TEST(ConnectToken, AMacForAnotherPurposeIsNone) {
    test::House house;
    const std::string body = to_base64url(R"({"session":"sess_1"})");
    const auto mac = house.keys.mac("invite", body);
    EXPECT_FALSE(
        ConnectTokens(house.keys)
            .verify("llc_" + body + "." + to_base64url(view(mac)), house.caller.clock().wall()));
    // Even with the right one, a body of another version is refused rather than guessed at.
    const auto right = house.keys.mac("connect token", body);
    const auto refused =
        ConnectTokens(house.keys)
            .verify("llc_" + body + "." + to_base64url(view(right)), house.caller.clock().wall());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, "a connect token of another version");
}

}  // namespace lifeline::identity
