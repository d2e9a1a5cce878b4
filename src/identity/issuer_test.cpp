#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "identity/test_house.h"

// Configurations that cannot be right are refused before anything starts, by name.
namespace lifeline::identity {

namespace {

using test::issuer_config;
using testing::HasSubstr;

const std::string secret_of_32(32, 's');

IssuerConfig plain() {
    return issuer_config(JwksUrl{.url = "https://id.example/jwks"});
}

IssuerConfig with_url(std::string url) {
    return issuer_config(JwksUrl{.url = std::move(url)});
}

IssuerConfig changed(const std::function<void(IssuerConfig&)>& change) {
    IssuerConfig issuer = plain();
    change(issuer);
    return issuer;
}

}  // namespace

TEST(IssuerConfig, IsCheckedAndTheSettingNamed) {
    using contract::Role;
    struct Case {
        const char* name;
        IssuerConfig issuer;
        const char* says;  // Empty: it is right.
    };
    const Case cases[] = {
        {"plain", plain(), ""},
        {"a secret of 32 bytes", issuer_config(SharedSecret{Secret(secret_of_32), ""}), ""},
        {"this machine", with_url("http://localhost:9000/jwks"), ""},
        {"this machine by address", with_url("http://127.0.0.1/jwks"), ""},
        {"asked, without audience",
         [] {
             auto issuer = issuer_config(Introspection{.url = "https://app.example/me"});
             issuer.audience.clear();
             return issuer;
         }(),
         ""},

        {"no issuer", changed([](auto& i) { i.issuer = ""; }), "issuer must"},
        {"an instance's name", changed([](auto& i) { i.issuer = "urn:lifeline:00"; }), "instances"},
        {"a newline", changed([](auto& i) { i.issuer = "a\nb"; }), "issuer must"},
        {"no audience", changed([](auto& i) { i.audience.clear(); }), "audience"},
        {"no types", changed([](auto& i) { i.types.clear(); }), "types"},
        {"an endless token", changed([](auto& i) { i.lifetime_max = Millis(INT64_MAX); }),
         "lifetime_max"},
        {"no lifetime", changed([](auto& i) { i.lifetime_max = Millis(0); }), "lifetime_max"},
        {"no account", changed([](auto& i) { i.account.fixed = ""; }), "account is either"},
        {"two accounts", changed([](auto& i) { i.account.claim = "org"; }), "account is either"},
        {"account without prefix", changed([](auto& i) { i.account.fixed = "me"; }), "acct_"},
        {"account with a slash", changed([](auto& i) { i.account.fixed = "acct_a/b"; }), "acct_"},
        {"a role claim without meaning", changed([](auto& i) { i.role.claim = "roles"; }), "role"},
        {"roles without a claim", changed([](auto& i) { i.role.roles = {{"a", Role::agent}}; }),
         "role"},
        {"the server", changed([](auto& i) { i.role.otherwise = Role::server; }), "server"},
        {"the server by claim", changed([](auto& i) {
             i.role.claim = "r";
             i.role.roles = {{"a", Role::server}};
         }),
         "server"},
        {"everybody an admin", changed([](auto& i) { i.role.otherwise = Role::admin; }), "admin"},
        {"http", with_url("http://id.example/jwks"), "https"},
        {"http, a name that begins like ours", with_url("http://localhost.evil.example/"), "https"},
        {"file", with_url("file:///etc/passwd"), "https"},
        {"with a password", with_url("https://user:pass@id.example/"), "https"},
        {"no URL", with_url(""), "https"},
        {"refresh too often", changed([](auto& i) {
             i.keys = JwksUrl{.url = "https://a.example", .refresh_after = Millis(1'000)};
         }),
         "refresh_after"},
        {"stale before old", changed([](auto& i) {
             i.keys = JwksUrl{.url = "https://a.example", .stale_max = Millis(1'000)};
         }),
         "stale_max"},
        {"no timeout", changed([](auto& i) {
             i.keys = JwksUrl{.url = "https://a.example", .timeout = Millis(0)};
         }),
         "timeout"},
        {"a short secret", issuer_config(SharedSecret{Secret(std::string(31, 's')), ""}),
         "32 bytes"},
        {"no secret", issuer_config(SharedSecret{}), "32 bytes"},
        {"no JWKS file", issuer_config(JwksFile{}), "jwks_file"},
        {"no PEM file", issuer_config(PemFile{}), "pem_file"},
        {"asked over http", issuer_config(Introspection{.url = "http://app.example/me"}), "https"},
        {"asked for nothing",
         issuer_config(Introspection{.url = "https://app.example/me", .subject = ""}), "subject"},
        {"remembered for ever",
         issuer_config(
             Introspection{.url = "https://app.example/me", .cache_ttl = Millis(INT64_MAX)}),
         "cache_ttl"},
    };
    for (const auto& [name, issuer, says] : cases) {
        SCOPED_TRACE(name);
        const auto checked = check_issuers({issuer});
        EXPECT_EQ(checked.has_value(), *says == '\0');
        if (checked) continue;
        EXPECT_EQ(checked.error().reason, "config_invalid");
        EXPECT_THAT(checked.error().detail, HasSubstr(says));
        EXPECT_THAT(checked.error().detail, HasSubstr("issuer \"" + issuer.issuer));
        EXPECT_THAT(checked.error().detail, testing::Not(HasSubstr("sss")));
    }
}

TEST(IssuerConfig, IsCheckedAgainstTheOthers) {
    EXPECT_FALSE(check_issuers({plain(), plain()}));
    auto one = issuer_config(Introspection{.url = "https://app.example/me"});
    auto two = one;
    two.issuer = "https://two.example";
    EXPECT_TRUE(check_issuers({one}));
    EXPECT_THAT(check_issuers({one, two}).error().detail, HasSubstr("two issuers"));
    EXPECT_TRUE(check_issuers({}));
}

TEST(IssuerConfig, KeyFilesAreReadAtTheStart) {
    const test::Folder folder;
    test::House house;
    const auto start = [&](KeySource keys) {
        const auto made = Authenticator::create(
            {.issuers = {issuer_config(std::move(keys))}},
            {house.keys, house.directory, house.log, house.fetcher, house.random, house.loop});
        return made ? std::string() : made.error().detail;
    };
    const test::Forge forge;
    EXPECT_EQ(start(JwksFile{folder.write("good", forge.jwks())}), "");
    EXPECT_THAT(start(JwksFile{folder.path() / "nothing"}), HasSubstr("cannot read"));
    EXPECT_THAT(start(JwksFile{folder.write("bad", "{}")}), HasSubstr("no list of keys"));
    EXPECT_THAT(start(JwksFile{folder.write("large", std::string(70'000, ' '))}),
                HasSubstr("64 KiB"));
    EXPECT_THAT(start(PemFile{folder.write("pem", "nothing"), ""}), HasSubstr("BEGIN PUBLIC KEY"));
    EXPECT_THAT(start(PemFile{folder.path(), ""}), HasSubstr("issuer \"https://id.example/\""));
}

TEST(IssuerConfig, APemKeyVerifiesWhateverKidATokenNames) {
    // The public half of the Ed25519 key of seed 1, as `openssl pkey -pubout` writes it.
    const test::Folder folder;
    const test::Forge forge;
    std::string der = from_hex("302a300506032b6570032100").value();
    der += view(forge.key().public_key());
    std::string base64 = to_base64url(der);
    for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (base64.size() % 4 != 0) base64 += '=';
    const auto pem = folder.write(
        "key.pem", "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n");
    test::House any({issuer_config(PemFile{pem, ""})});
    EXPECT_EQ(any.reason_of(forge.token()), "");
    EXPECT_EQ(any.reason_of(forge.token(forge.header().without("kid"), forge.claims())), "");
    EXPECT_EQ(any.reason_of(test::Forge("ed1", 2).token()), "token_invalid");
    test::House named({issuer_config(PemFile{pem, "other"})});
    EXPECT_EQ(named.reason_of(forge.token()), "token_invalid");
}

}  // namespace lifeline::identity
