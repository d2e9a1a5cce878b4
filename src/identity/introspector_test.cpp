#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/access_token.h"
#include "identity/test_house.h"

// An issuer that publishes no keys and is asked about every token.
namespace lifeline::identity {

namespace {

using test::Forge;
using testing::HasSubstr;

constexpr const char* url = "https://app.example/api/me";

IssuerConfig asked_issuer() {
    auto issuer = test::issuer_config(
        Introspection{.url = url, .subject = "/user/id", .name = "/user/full_name"});
    issuer.issuer = "https://app.example";
    issuer.audience.clear();
    return issuer;
}

// Answers 200 with `body` to the token "good", 401 to any other.
void answer_good(test::House& house, std::string body) {
    house.fetcher.answer = [body = std::move(body)](const Fetcher::Request& request) {
        return request.bearer == "good" ? test::ok(body) : test::status(401);
    };
}

const std::string alice = R"({"user":{"id":"alice","full_name":"Alice A."},"plan":"pro"})";

}  // namespace

TEST(Introspection, SaysWhoItIs) {
    test::House house({asked_issuer()});
    answer_good(house, alice);
    const auto principal = house.ask("good");
    ASSERT_TRUE(principal) << principal.error().detail;
    EXPECT_EQ(principal->issuer, "https://app.example");
    EXPECT_EQ(principal->subject, "alice");
    EXPECT_EQ(principal->display_name, "Alice A.");
    EXPECT_EQ(principal->account_id, "acct_test");
    EXPECT_EQ(principal->role, contract::Role::user);
    EXPECT_EQ(principal->expires_at, house.loop.clock().wall() + Millis(15 * 60'000));
    ASSERT_EQ(house.fetcher.asked.size(), 1u);
    EXPECT_EQ(house.fetcher.asked[0].url, url);
}

TEST(Introspection, JudgesEveryAnswer) {
    struct Case {
        const char* name;
        Result<Fetcher::Reply> reply;
        const char* reason;
    };
    const Case cases[] = {
        {"a text", test::ok(R"({"user":{"id":"u1"}})"), ""},
        {"a number", test::ok(R"({"user":{"id":17}})"), ""},
        {"active", test::ok(R"({"active":true,"user":{"id":"u1"}})"), ""},
        {"a name of no use", test::ok(R"({"user":{"id":"u1","full_name":"a\u0007"}})"), ""},
        {"not active", test::ok(R"({"active":false,"user":{"id":"u1"}})"), "token_invalid"},
        {"active, as a text", test::ok(R"({"active":"false","user":{"id":"u1"}})"),
         "token_invalid"},
        {"active null", test::ok(R"({"active":null,"user":{"id":"u1"}})"), "token_invalid"},
        {"401", test::status(401), "token_invalid"},
        {"403", test::status(403), "token_invalid"},
        {"no answer", test::no_answer(), "issuer_unavailable"},
        {"204", test::status(204), "issuer_unavailable"},
        {"302", test::status(302), "issuer_unavailable"},
        {"404", test::status(404), "issuer_unavailable"},
        {"429", test::status(429), "issuer_unavailable"},
        {"500", test::status(500), "issuer_unavailable"},
        {"503", test::status(503), "issuer_unavailable"},
        {"nothing", test::ok(""), "issuer_unavailable"},
        {"a page", test::ok("<html>log in</html>"), "issuer_unavailable"},
        {"a list", test::ok("[]"), "issuer_unavailable"},
        {"null", test::ok("null"), "issuer_unavailable"},
        {"no user", test::ok("{}"), "issuer_unavailable"},
        {"user null", test::ok(R"({"user":null})"), "issuer_unavailable"},
        {"id null", test::ok(R"({"user":{"id":null}})"), "issuer_unavailable"},
        {"id empty", test::ok(R"({"user":{"id":""}})"), "issuer_unavailable"},
        {"id a fraction", test::ok(R"({"user":{"id":1.5}})"), "issuer_unavailable"},
        {"id an object", test::ok(R"({"user":{"id":{}}})"), "issuer_unavailable"},
        {"id with a newline", test::ok(R"({"user":{"id":"a\nb"}})"), "issuer_unavailable"},
        {"two ids", test::ok(R"({"user":{"id":"a","id":"b"}})"), "issuer_unavailable"},
    };
    for (const auto& [name, reply, reason] : cases) {
        SCOPED_TRACE(name);
        test::House house({asked_issuer()});
        house.fetcher.answer = [&](const auto&) { return reply; };
        EXPECT_EQ(house.reason_of("some-token"), reason);
        EXPECT_EQ(house.log.appends, *reason == '\0' ? 1u : 0u);
    }
}

TEST(Introspection, IsAskedOnceForAWhile) {
    test::House house({asked_issuer()});
    answer_good(house, alice);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(house.reason_of("good"), "");
    EXPECT_EQ(house.fetcher.asked.size(), 1u);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(house.reason_of("bad"), "token_invalid");
    EXPECT_EQ(house.fetcher.asked.size(), 2u) << "a refusal is remembered too";

    house.loop.run_for(Millis(10'000));
    EXPECT_EQ(house.reason_of("bad"), "token_invalid");
    EXPECT_EQ(house.fetcher.asked.size(), 3u) << "but not for long";
    house.loop.run_for(Millis(50'000));
    EXPECT_EQ(house.reason_of("good"), "");
    EXPECT_EQ(house.fetcher.asked.size(), 4u);
}

TEST(Introspection, FailureIsNotRemembered) {
    test::House house({asked_issuer()});
    house.fetcher.answer = [](const auto&) { return test::status(500); };
    EXPECT_EQ(house.reason_of("good"), "issuer_unavailable");
    answer_good(house, alice);
    EXPECT_EQ(house.reason_of("good"), "");
}

TEST(Introspection, OneQuestionForManyWhoAskAtOnce) {
    test::House house({asked_issuer()});
    std::size_t in = 0;
    for (int i = 0; i < 20; ++i)
        house.authenticator->authenticate("good", Authenticator::Purpose::request, house.caller,
                                          [&](Result<Principal> who) { in += who ? 1u : 0u; });
    house.loop.run();
    ASSERT_EQ(house.fetcher.pending.size(), 1u);
    house.fetcher.pending.front().reply(test::ok(alice));
    house.loop.run();
    house.caller.run();
    EXPECT_EQ(in, 20u);
    EXPECT_EQ(house.log.appends, 1u);
}

TEST(Introspection, ThatNeverAnswersEndsWithItsTimeout) {
    test::House house({asked_issuer()});
    std::string reason;
    house.authenticator->authenticate("good", Authenticator::Purpose::request, house.caller,
                                      [&](Result<Principal> who) { reason = who.error().reason; });
    house.loop.run_for(Millis(2'900));
    house.caller.run();
    EXPECT_EQ(reason, "");
    house.loop.run_for(Millis(200));
    house.caller.run();
    EXPECT_EQ(reason, "issuer_unavailable");
}

TEST(Introspection, ATokenThatCouldEndTheHeaderIsNotSent) {
    test::House house({asked_issuer()});
    answer_good(house, alice);
    for (const char* token :
         {"good\r\nX-Admin: 1", "go od", "good\t", "g\xc3\xb6od", "good\"", "good,", "good;", "{}"})
        EXPECT_EQ(house.reason_of(token), "token_invalid");
    EXPECT_EQ(house.reason_of(std::string("good\0", 5)), "token_invalid");
    EXPECT_TRUE(house.fetcher.asked.empty());
}

TEST(Introspection, TokensOfIssuersWithKeysDoNotGoThere) {
    const test::Folder folder;
    const Forge forge;
    test::House house(
        {test::issuer_config(JwksFile{folder.write("jwks", forge.jwks())}), asked_issuer()});
    answer_good(house, alice);
    Principal local{.user_id = "usr_1",
                    .account_id = "acct_1",
                    .role = contract::Role::user,
                    .expires_at = house.loop.clock().wall() + Millis(60'000)};
    EXPECT_EQ(house.reason_of(mint_access_token(house.keys, local, house.loop.clock().wall())), "");
    EXPECT_EQ(house.reason_of(forge.token()), "");
    EXPECT_EQ(house.reason_of(forge.token(forge.claims().with("aud", "\"x\""))), "token_invalid");
    EXPECT_EQ(
        house.reason_of(forge.token(forge.claims().with("exp", test::seconds(-40)).without("iat"))),
        "token_expired");
    EXPECT_EQ(house.reason_of(Forge("ed1", 2).token()), "token_invalid");
    EXPECT_EQ(house.reason_of("llk_nonsense"), "token_invalid");
    EXPECT_EQ(house.reason_of("llc_nonsense"), "token_invalid");
    EXPECT_TRUE(house.fetcher.asked.empty());

    // A JWT that no key of ours is meant for may be the app builder's own.
    EXPECT_EQ(house.reason_of(Forge("theirs", 3).token()), "token_invalid");
    EXPECT_EQ(house.fetcher.asked.size(), 1u);
    EXPECT_EQ(house.reason_of("good"), "");
}

TEST(Introspection, ARefusalDoesNotSpeakForAnIssuerThatIsDown) {
    test::House house(
        {test::issuer_config(JwksUrl{.url = "https://id.example/jwks"}), asked_issuer()});
    house.fetcher.answer = [](const Fetcher::Request& request) {
        if (request.url != url) return test::no_answer();
        return request.bearer == "good" ? test::ok(alice) : test::status(401);
    };
    EXPECT_EQ(house.reason_of(Forge().token()), "issuer_unavailable");
    EXPECT_EQ(house.reason_of("good"), "");
    EXPECT_EQ(house.reason_of("bad"), "token_invalid") << "no JWT, so nobody else's";
}

TEST(Introspection, TakesExpiryAccountAndRoleFromWhereItIsTold) {
    auto issuer = asked_issuer();
    std::get<Introspection>(issuer.keys).expiry = "exp";
    issuer.account = {.claim = "/org/id"};
    issuer.role = {.claim = "/org/roles",
                   .roles = {{"admin", contract::Role::operator_}, {"bot", contract::Role::agent}},
                   .otherwise = contract::Role::viewer};
    const auto body = [](const std::string& exp, const std::string& org) {
        return R"({"user":{"id":"u"},"exp":)" + exp + R"(,"org":)" + org + "}";
    };
    const auto ask = [&](const std::string& answer) {
        test::House house({issuer});
        house.fetcher.answer = [&](const auto&) { return test::ok(answer); };
        return house.ask("t");
    };
    const auto bot = ask(body(test::seconds(90), R"({"id":"o1","roles":["x","bot"]})"));
    ASSERT_TRUE(bot) << bot.error().detail;
    EXPECT_EQ(bot->role, contract::Role::agent);
    EXPECT_EQ(bot->expires_at.time_since_epoch().count(), (test::start_seconds + 90) * 1'000);
    EXPECT_TRUE(bot->account_id.starts_with("acct_"));
    EXPECT_EQ(bot->account_id.size(), 31u);
    EXPECT_EQ(ask(body(test::seconds(90), R"({"id":"o1","roles":"admin"})"))->role,
              contract::Role::operator_);
    EXPECT_EQ(ask(body(test::seconds(90), R"({"id":"o1"})"))->role, contract::Role::viewer);

    EXPECT_EQ(ask(body(test::seconds(0), R"({"id":"o1"})")).error().reason, "token_expired");
    EXPECT_EQ(ask(body("\"soon\"", R"({"id":"o1"})")).error().reason, "issuer_unavailable");
    EXPECT_EQ(ask(body(test::seconds(90), "{}")).error().reason, "token_invalid");
    EXPECT_EQ(ask(body(test::seconds(90), R"({"id":""})")).error().reason, "token_invalid");
    const auto year = ask(body(test::seconds(365 * 86'400), R"({"id":"o1"})"));
    EXPECT_LE(year->expires_at.time_since_epoch().count(), (test::start_seconds + 86'400) * 1'000);
}

}  // namespace lifeline::identity
