#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/jwk_set.h"
#include "identity/test_house.h"

// Where issuers' keys come from: sets of them, files, and a URL that rotates, lies and goes away.
namespace lifeline::identity {

namespace {

using test::Forge;
using testing::HasSubstr;

constexpr const char* url = "https://id.example/jwks.json";

std::string set_of(std::initializer_list<std::string> keys) {
    std::string out = "{\"keys\":[";
    for (const std::string& key : keys) out += (out.size() > 9 ? "," : "") + key;
    return out + "]}";
}

// A house whose only issuer publishes its keys at a URL; `published` is what stands there.
struct Rotating {
    test::House house{{test::issuer_config(JwksUrl{.url = url})}};
    std::string published;
    bool down = false;

    Rotating() {
        house.fetcher.answer = [this](const Fetcher::Request& request) {
            EXPECT_EQ(request.url, url);
            EXPECT_EQ(request.bearer, "") << "nobody's token goes there";
            return down ? test::no_answer() : test::ok(published);
        };
    }
    std::size_t fetches() const { return house.fetcher.asked.size(); }
};

}  // namespace

TEST(JwkSet, KeepsWhatItCanUseAndSaysWhyNotTheRest) {
    const Forge forge;
    const std::string x = to_base64url(view(forge.key().public_key()));
    struct Case {
        const char* name;
        std::string set;
        std::size_t keys;
        const char* says;  // Of the error, or of the first key left out.
    };
    const std::string good = forge.jwk();
    const Case cases[] = {
        {"one key", set_of({good}), 1, ""},
        {"without alg and use", set_of({R"({"kty":"OKP","crv":"Ed25519","x":")" + x + R"("})"}), 1,
         ""},
        {"members we do not know", R"({"keys":[)" + good + R"(],"next":"..."})", 1, ""},
        {"for encryption",
         set_of({good, R"({"kty":"OKP","crv":"Ed25519","use":"enc","x":")" + x + R"("})"}), 1,
         "its use is not sig"},
        {"to sign with",
         set_of({good, R"({"kty":"OKP","crv":"Ed25519","key_ops":["sign"],"x":")" + x + R"("})"}),
         1, "key_ops"},
        {"key_ops no list",
         set_of({good, R"({"kty":"OKP","crv":"Ed25519","key_ops":"verify","x":")" + x + R"("})"}),
         1, "key_ops"},
        {"symmetric", set_of({good, R"({"kty":"oct","k":"c2VjcmV0"})"}), 1, "not an Ed25519"},
        {"X25519", set_of({good, R"({"kty":"OKP","crv":"X25519","x":")" + x + R"("})"}), 1,
         "not an Ed25519"},
        {"another alg",
         set_of({good, R"({"kty":"OKP","crv":"Ed25519","alg":"ES256","x":")" + x + R"("})"}), 1,
         "its alg"},
        {"alg no text",
         set_of({good, R"({"kty":"OKP","crv":"Ed25519","alg":1,"x":")" + x + R"("})"}), 1,
         "its alg"},
        {"too short", set_of({good, R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"}), 1, "32 bytes"},
        {"padded", set_of({good, R"({"kty":"OKP","crv":"Ed25519","x":")" + x + R"(="})"}), 1,
         "32 bytes"},
        {"no coordinates", set_of({good, R"({"kty":"EC","crv":"P-256"})"}), 1, "32 bytes"},
        {"no modulus", set_of({good, R"({"kty":"RSA","e":"AQAB"})"}), 1, "RSA"},
        {"not JSON", "<html>", 0, "no JSON"},
        {"a list", "[]", 0, "no list of keys"},
        {"keys no list", R"({"keys":{}})", 0, "no list of keys"},
        {"no keys", R"({"keys":[]})", 0, "no key that we could"},
        {"only unusable keys", set_of({R"({"kty":"oct","k":"c2VjcmV0"})"}), 0,
         "no key that we could"},
        {"a key no object", set_of({good, "1"}), 0, "no object"},
        {"keys twice", R"({"keys":[],"keys":[)" + good + "]}", 0, "no JSON"},
        {"one kid for two keys", set_of({good, Forge("ed1", 9).jwk()}), 0, "kid of another"},
        {"a private key",
         set_of({R"({"kty":"OKP","crv":"Ed25519","x":")" + x + R"(","d":"AAAA"})"}), 0,
         "private key"},
        {"very long kid", set_of({Forge(std::string(300, 'k')).jwk()}), 0, "too long a kid"},
        {"very large", R"({"keys":[],"x":")" + std::string(70'000, 'a') + "\"}", 0, "64 KiB"},
    };
    for (const auto& [name, set, keys, says] : cases) {
        SCOPED_TRACE(name);
        const auto read = parse_jwk_set(set);
        ASSERT_EQ(read.has_value(), keys > 0);
        if (!read) {
            EXPECT_THAT(read.error().detail, HasSubstr(says));
            continue;
        }
        EXPECT_EQ(read->keys.size(), keys);
        EXPECT_EQ(read->skipped.empty(), *says == '\0');
        if (!read->skipped.empty()) EXPECT_THAT(read->skipped[0], HasSubstr(says));
    }
}

TEST(JwkSet, HasALimit) {
    std::string keys;
    for (int i = 0; i < 65; ++i) {
        if (i > 0) keys += ",";
        keys += Forge("k" + std::to_string(i), static_cast<std::uint8_t>(i)).jwk();
    }
    const auto read = parse_jwk_set("{\"keys\":[" + keys + "]}");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().detail, HasSubstr("more than 64"));
}

TEST(JwksUrl, IsFetchedWhenFirstNeededAndThenNotForEveryToken) {
    Rotating world;
    const Forge forge;
    world.published = forge.jwks();
    EXPECT_EQ(world.fetches(), 0u);
    EXPECT_EQ(world.house.reason_of(forge.token()), "");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(world.house.reason_of(forge.token(forge.claims().with("jti", std::to_string(i)))),
                  "");
    EXPECT_EQ(world.fetches(), 1u);
}

TEST(JwksUrl, IsFetchedAheadIfAskedTo) {
    Rotating world;
    world.published = Forge().jwks();
    world.house.authenticator->warm_up();
    world.house.loop.run();
    EXPECT_EQ(world.fetches(), 1u);
    EXPECT_EQ(world.house.reason_of(Forge().token()), "");
    EXPECT_EQ(world.fetches(), 1u);
}

TEST(JwksUrl, FollowsARotation) {
    Rotating world;
    const Forge old_key("2026-01", 1);
    const Forge new_key("2026-02", 2);
    world.published = old_key.jwks();
    EXPECT_EQ(world.house.reason_of(old_key.token()), "");

    // Both for a while: the new key is found because a token names it.
    world.published = set_of({old_key.jwk(), new_key.jwk()});
    world.house.loop.run_for(Millis(31'000));
    EXPECT_EQ(world.house.reason_of(new_key.token()), "");
    EXPECT_EQ(world.fetches(), 2u);
    EXPECT_EQ(world.house.reason_of(old_key.token(old_key.claims().with("jti", "2"))), "");

    // The old one is withdrawn: it is believed until the keys have grown old, not longer.
    world.published = new_key.jwks();
    world.house.loop.run_for(Millis(11 * 60'000));
    const auto later = [](const Forge& forge, const char* id) {
        return forge.token(forge.claims().with("exp", test::seconds(3'600)).with("jti", id));
    };
    EXPECT_EQ(world.house.reason_of(later(new_key, "3")), "");
    world.house.loop.run();
    EXPECT_EQ(world.fetches(), 3u);
    EXPECT_EQ(world.house.reason_of(later(old_key, "4")), "token_invalid");
}

TEST(JwksUrl, IsNotFetchedMoreOftenWhateverStrangersSend) {
    Rotating world;
    const Forge forge;
    world.published = forge.jwks();
    EXPECT_EQ(world.house.reason_of(forge.token()), "");
    world.house.loop.run_for(JwksCache::refresh_gap);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(world.house.reason_of(Forge("unknown" + std::to_string(i), 7).token()),
                  "token_invalid");
    EXPECT_EQ(world.fetches(), 2u);
    // A known key with a wrong signature is never a reason to ask.
    world.house.loop.run_for(JwksCache::refresh_gap);
    EXPECT_EQ(world.house.reason_of(Forge("ed1", 7).token()), "token_invalid");
    EXPECT_EQ(world.house.reason_of("opaque"), "token_invalid");
    EXPECT_EQ(world.fetches(), 2u);
}

TEST(JwksUrl, ServesManyWaitersWithOneFetch) {
    Rotating world;
    const Forge forge;
    world.house.fetcher.answer = nullptr;
    std::vector<std::string> reasons;
    for (int i = 0; i < 10; ++i)
        world.house.authenticator->authenticate(
            forge.token(forge.claims().with("jti", std::to_string(i))),
            Authenticator::Purpose::request, world.house.caller, [&](Result<Principal> principal) {
                reasons.push_back(principal ? "" : principal.error().reason);
            });
    world.house.loop.run();
    ASSERT_EQ(world.house.fetcher.pending.size(), 1u);
    EXPECT_TRUE(reasons.empty());
    world.house.fetcher.pending.front().reply(test::ok(forge.jwks()));
    world.house.loop.run();
    world.house.caller.run();
    EXPECT_EQ(reasons, std::vector<std::string>(10));
    EXPECT_EQ(world.house.log.appends, 1u) << "one user, one event";
}

TEST(JwksUrl, ThatDoesNotAnswerLetsNobodyInAndIsAskedAgainSoon) {
    Rotating world;
    const Forge forge;
    world.published = forge.jwks();
    world.down = true;
    EXPECT_EQ(world.house.reason_of(forge.token()), "issuer_unavailable");
    EXPECT_EQ(world.house.reason_of(forge.token()), "issuer_unavailable");
    EXPECT_EQ(world.fetches(), 1u) << "not for every request";
    world.down = false;
    world.house.loop.run_for(JwksCache::retry_gap);
    EXPECT_EQ(world.house.reason_of(forge.token()), "");
}

TEST(JwksUrl, KeysServeOnForABoundedTimeWhileItIsDown) {
    Rotating world;
    const Forge forge;
    const auto token = [&](const char* id) {
        return forge.token(forge.claims().with("exp", test::seconds(20'000)).with("jti", id));
    };
    world.published = forge.jwks();
    EXPECT_EQ(world.house.reason_of(token("1")), "");
    world.down = true;
    world.house.loop.run_for(Millis(59 * 60'000));
    EXPECT_EQ(world.house.reason_of(token("2")), "");
    world.house.loop.run_for(Millis(2 * 60'000));
    EXPECT_EQ(world.house.reason_of(token("3")), "issuer_unavailable");
    world.down = false;
    world.house.loop.run_for(JwksCache::retry_gap);
    EXPECT_EQ(world.house.reason_of(token("4")), "");
}

TEST(JwksUrl, GarbageIsNoReasonToForgetGoodKeys) {
    Rotating world;
    const Forge forge;
    world.published = forge.jwks();
    EXPECT_EQ(world.house.reason_of(forge.token()), "");
    for (const char* garbage : {"", "<html>captive portal</html>", R"({"keys":[]})"}) {
        world.published = garbage;
        world.house.loop.run_for(JwksCache::refresh_gap);
        EXPECT_EQ(world.house.reason_of(Forge("other", 2).token()), "token_invalid");
        EXPECT_EQ(world.house.reason_of(forge.token(forge.claims().with("jti", "2"))), "");
    }
    EXPECT_EQ(world.fetches(), 4u);
}

TEST(JwksUrl, ThatNeverAnswersEndsWithTheDeadline) {
    Rotating world;
    world.house.fetcher.answer = nullptr;
    EXPECT_EQ(world.house.reason_of(Forge().token()), "issuer_unavailable");
    EXPECT_EQ(world.house.loop.timers(), 0u);
    // An answer after that is nobody's any more.
    world.house.fetcher.pending.front().reply(test::ok(Forge().jwks()));
    world.house.loop.run();
    EXPECT_EQ(world.house.log.appends, 0u);
}

TEST(KeyedIssuers, ASharedKeyOrNameDoesNotMixIssuersUp) {
    const test::Folder folder;
    const Forge ours("same", 1);
    const Forge theirs("same", 2);
    auto one = test::issuer_config(JwksFile{folder.write("one", ours.jwks())});
    auto two = test::issuer_config(JwksFile{folder.write("two", theirs.jwks())});
    two.issuer = "https://two.example/";
    two.account.fixed = "acct_two";
    auto tenant = test::issuer_config(JwksFile{folder.write("tenant", ours.jwks())});
    tenant.issuer = "https://tenant.example/";
    tenant.account.fixed = "acct_tenant";
    test::House house({one, two, tenant});
    const auto account_of = [&](const std::string& token) {
        const auto principal = house.ask(token);
        return principal ? principal->account_id : principal.error().reason;
    };
    const auto from = [](const Forge& forge, const std::string& issuer) {
        return forge.token(forge.claims().with("iss", '"' + issuer + '"'));
    };
    EXPECT_EQ(account_of(from(ours, "https://id.example/")), "acct_test");
    EXPECT_EQ(account_of(from(theirs, "https://two.example/")), "acct_two");
    EXPECT_EQ(account_of(from(ours, "https://tenant.example/")), "acct_tenant");
    EXPECT_EQ(account_of(from(theirs, "https://id.example/")), "token_invalid");
    EXPECT_EQ(account_of(from(ours, "https://two.example/")), "token_invalid");
    EXPECT_EQ(account_of(ours.token(ours.claims().with("exp", test::seconds(-40)).without("iat"))),
              "token_expired");
}

TEST(KeyedIssuers, AKeyWithoutANameIsMeantOnlyWhereItIsTheOnlyOne) {
    const test::Folder folder;
    const Forge one("one", 1);
    const Forge two("two", 2);
    const auto anonymous = [](const Forge& forge) {
        return forge.token(forge.header().without("kid"), forge.claims());
    };
    test::House single({test::issuer_config(JwksFile{folder.write("single", one.jwks())})});
    EXPECT_EQ(single.reason_of(anonymous(one)), "");
    EXPECT_EQ(single.reason_of(anonymous(two)), "token_invalid");
    test::House both(
        {test::issuer_config(JwksFile{folder.write("both", set_of({one.jwk(), two.jwk()}))})});
    EXPECT_EQ(both.reason_of(anonymous(one)), "token_invalid");
    EXPECT_EQ(both.reason_of(one.token()), "");
}

TEST(KeyedIssuers, NewKeysAreTakenWhileItServes) {
    const test::Folder folder;
    const Forge before("before", 1);
    const Forge after("after", 2);
    const Forge published("published", 3);
    auto file = test::issuer_config(JwksFile{folder.write("keys", before.jwks())});
    auto remote = test::issuer_config(JwksUrl{.url = url});
    remote.issuer = "https://remote.example/";
    test::House house({file, remote});
    house.fetcher.answer = [&](const Fetcher::Request&) { return test::ok(published.jwks()); };
    const std::string old = before.token();
    EXPECT_EQ(house.reason_of(old), "");
    EXPECT_EQ(house.reason_of(after.token()), "token_invalid");

    folder.write("keys", after.jwks());
    house.loop.run_for(JwksCache::refresh_gap);
    const std::size_t asked = house.fetcher.asked.size();
    house.authenticator->renew(*read_local_keys({file, remote}));
    EXPECT_EQ(house.fetcher.asked.size(), asked + 1) << "the remote one is asked anew";
    EXPECT_EQ(house.reason_of(old), "token_invalid") << "though it had been verified";
    EXPECT_EQ(house.reason_of(after.token()), "");

    folder.write("keys", "no keys");
    const auto refused = read_local_keys({file, remote});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("https://id.example/"));
}

}  // namespace lifeline::identity
