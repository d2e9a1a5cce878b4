#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/log.h"
#include "identity/access_token.h"
#include "identity/connect_token.h"
#include "identity/invite.h"
#include "identity/test_house.h"

// Plants secrets everywhere and lets everything succeed and fail: none may come out in a log line,
// in an error, or in an event.
namespace lifeline::identity {

namespace {

using test::Forge;

constexpr const char* shared_secret = "canary-of-the-shared-secret-0123456789";
constexpr const char* opaque = "canary-of-an-opaque-token";

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Everything that was said, and everything that must not have been.
struct Watch {
    std::string said;
    std::vector<std::string> secrets;

    void hear(const Error& error) { said += error.reason + error.detail + error.pointer + "\n"; }
    void hear(const Result<Principal>& outcome) {
        if (!outcome) hear(outcome.error());
    }
};

std::vector<IssuerConfig> issuers() {
    auto shared = test::issuer_config(
        SharedSecret{.secret = Secret(std::string(shared_secret)), .key_id = "hs1"});
    shared.issuer = "https://shared.example/";
    auto asked = test::issuer_config(Introspection{.url = "https://app.example/me"});
    asked.issuer = "https://app.example";
    return {test::issuer_config(JwksUrl{.url = "https://id.example/jwks"}), shared, asked};
}

void plant_keys(Watch& watch, const test::House& house) {
    for (const char* name : {"root.key", "signing.key"}) {
        const std::string text = read(house.folder.path() / "keys" / name);
        const std::string head = std::string("lifeline-key v1 ") + name + " ";
        ASSERT_TRUE(text.starts_with(head));
        watch.secrets.push_back(text.substr(head.size(), 43));
    }
}

void use_tokens(Watch& watch, test::House& house) {
    const auto now = house.loop.clock().wall();
    const Principal principal{.user_id = "usr_1",
                              .account_id = "acct_test",
                              .role = contract::Role::user,
                              .expires_at = now + Millis(1'000),
                              .call = CallBinding{"sess_1", contract::Role::user}};
    const std::vector<std::string> tokens = {
        Forge().token(),
        Forge("ed1", 2).token(),
        Forge().token(Forge().claims().with("aud", "1")),
        test::jws(R"({"alg":"HS256","kid":"hs1"})",
                  Forge().claims().with("iss", "\"https://shared.example/\"").json(),
                  test::hmac_signer(shared_secret)),
        mint_access_token(house.keys, principal, now),
        ConnectTokens(house.keys).mint(principal, now, Millis(500)),
        opaque,
    };
    for (const std::string& token : tokens) {
        watch.secrets.push_back(token);
        const std::string half = token.substr(0, token.size() - 4) + "AAAA";
        for (const std::string& sent : {token, half}) watch.hear(house.ask(sent));
        const auto dot = token.rfind('.');
        if (dot != std::string::npos) watch.secrets.push_back(token.substr(dot + 1));
    }
    house.loop.run_for(Millis(60'000));
    for (const std::string& token : tokens) watch.hear(house.ask(token));
    watch.secrets.push_back(invite_secret(house.keys, "sess_1", "inv_1"));
}

void use_api_keys(Watch& watch, test::House& house) {
    house.write(create_account(house.deciding(), "acct_a", "A").value());
    auto made = create_key(house.deciding(), {.account_id = "acct_a", .name = "n", .by = "u"});
    ASSERT_TRUE(made);
    const std::string& text = made->key.text.reveal();
    watch.secrets.push_back(text.substr(text.find('_', 4) + 1));  // Behind llk_ and the keyId.
    for (const DirectoryChange& change : made->changes) watch.said += change.payload_json;
    house.write(made->changes);
    watch.hear(house.ask(text));
    house.write(revoke_key(house.deciding(), made->key.key_id, "u").value());
    watch.hear(house.ask(text));
}

}  // namespace

TEST(Secrets, AreNeitherLoggedNorToldNorWritten) {
    log::configure(log::Level::debug, log::Format::text);
    testing::internal::CaptureStderr();
    Watch watch;
    {
        test::House house(issuers());
        plant_keys(watch, house);
        watch.secrets.emplace_back(shared_secret);
        house.fetcher.answer = [](const Fetcher::Request& request) {
            if (!request.bearer.empty())
                return test::ok(R"({"sub":"alice","echo":")" + request.bearer + "\"}");
            return test::ok(Forge().jwks());
        };
        use_tokens(watch, house);
        for (const auto& answer : {test::no_answer(), test::status(500), test::ok("<html>"),
                                   test::ok(R"({"active":false})")}) {
            house.fetcher.answer = [&](const auto&) { return answer; };
            house.loop.run_for(Millis(11 * 60'000));
            use_tokens(watch, house);
        }
        use_api_keys(watch, house);
        for (const DirectoryChange& change : house.log.written) watch.said += change.payload_json;

        // A damaged key file is described, not shown.
        const auto path = house.folder.path() / "keys" / "root.key";
        std::string text = read(path);
        text[text.size() - 2] = text[text.size() - 2] == '0' ? '1' : '0';
        std::ofstream(path, std::ios::binary) << text;
        const auto refused = InstanceKeys::open(house.folder.path() / "keys");
        ASSERT_FALSE(refused);
        watch.hear(refused.error());
    }
    watch.said += testing::internal::GetCapturedStderr();

    EXPECT_THAT(watch.said, testing::HasSubstr("issuer_unavailable"));
    EXPECT_THAT(watch.said, testing::HasSubstr("keys not fetched")) << "the log is listened to";
    EXPECT_GT(watch.secrets.size(), 60u);
    for (const std::string& secret : watch.secrets) {
        ASSERT_GE(secret.size(), 20u);
        EXPECT_EQ(watch.said.find(secret), std::string::npos) << secret;
    }
}

}  // namespace lifeline::identity
