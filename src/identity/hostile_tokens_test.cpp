#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "identity/jws.h"
#include "identity/test_house.h"

// What strangers send. The issuer has an Ed25519 key named "ed1" and a shared secret named "hs1";
// every row is judged by a whole Authenticator, and none may leave a trace or cause a fetch.
namespace lifeline::identity {

namespace {

using test::Forge;
using test::hmac_signer;
using test::jws;
using test::Members;
using test::seconds;

constexpr std::string_view shared_secret = "a shared secret of more than 32 bytes";
constexpr std::string_view invalid = "token_invalid";
constexpr std::string_view expired = "token_expired";

struct Row {
    std::string name;
    std::string token;
    std::string_view reason;
    std::string_view detail;  // A part of it, so that the refusal is for the right thing.
};

const Forge forge;
const Forge stranger("ed1", 2);

std::string with_header(std::string_view name, std::string value) {
    return forge.token(forge.header().with(name, std::move(value)), forge.claims());
}

std::string with_claim(std::string_view name, std::string value) {
    return forge.token(forge.claims().with(name, std::move(value)));
}

std::string signed_raw(std::string_view header, std::string_view payload) {
    return jws(header, payload, forge.signer());
}

struct Parts {
    std::string header, payload, signature;
};
Parts parts() {
    const std::string token = forge.token();
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    return {token.substr(0, first), token.substr(first + 1, second - first - 1),
            token.substr(second + 1)};
}
std::string join(const Parts& parts) {
    return parts.header + "." + parts.payload + "." + parts.signature;
}

// The same bytes in another spelling: the unused bits of the last character set.
std::string with_left_over_bits(std::string segment) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    segment.back() = alphabet[alphabet.find(segment.back()) | 1];
    return segment;
}

std::vector<Row> form_rows() {
    const Parts good = parts();
    const auto replaced = [&](std::string Parts::* part, std::string value) {
        Parts out = good;
        out.*part = std::move(value);
        return join(out);
    };
    return {
        {"nothing", "", "token_missing", ""},
        {"a dot", ".", invalid, "three segments"},
        {"two dots", "..", invalid, "not signed"},
        {"a word", "alice", invalid, "three segments"},
        {"two segments", good.header + "." + good.payload, invalid, "three segments"},
        {"four segments", join(good) + ".x", invalid, "three segments"},
        {"five segments, as encryption has", "a.b.c.d.e", invalid, "three segments"},
        {"the scheme before it", "Bearer " + join(good), invalid, "header is not base64url"},
        {"a space before it", " " + join(good), invalid, "header is not base64url"},
        {"a newline behind it", join(good) + "\n", invalid, "signature is not base64url"},
        {"a NUL behind it", join(good) + '\0', invalid, "signature is not base64url"},
        {"a newline inside",
         replaced(&Parts::header, good.header.substr(0, 8) + "\n" + good.header.substr(8)), invalid,
         "header is not base64url"},
        {"padding", join(good) + "==", invalid, "signature is not base64url"},
        {"padding of the header", replaced(&Parts::header, good.header + "="), invalid,
         "header is not base64url"},
        {"plain base64", replaced(&Parts::signature, "+/" + good.signature.substr(2)), invalid,
         "signature is not base64url"},
        {"characters beyond ASCII", replaced(&Parts::signature, "ä" + good.signature), invalid,
         "signature is not base64url"},
        {"left-over bits in the signature",
         replaced(&Parts::signature, with_left_over_bits(good.signature)), invalid,
         "signature is not base64url"},
        {"left-over bits in the header",
         replaced(&Parts::header, with_left_over_bits(to_base64url(R"({"alg":"EdDSA"} )"))),
         invalid, "header is not base64url"},
        {"one character too many", replaced(&Parts::signature, good.signature + "A"), invalid,
         "sign"},
        {"empty header", replaced(&Parts::header, ""), invalid, "no JSON object"},
        {"empty payload", replaced(&Parts::payload, ""), invalid, "did not sign"},
        {"signed with an empty payload", signed_raw(forge.header().json(), ""), invalid,
         "no JSON object"},
        {"empty signature", replaced(&Parts::signature, ""), invalid, "not signed"},
        {"longer than any token", replaced(&Parts::payload, std::string(9'000, 'A')), invalid,
         "longer"},
        {"a header of 3 KiB", with_header("x", '"' + std::string(3'000, 'a') + '"'), invalid,
         "too long"},
        {"a signature of 3 KiB", replaced(&Parts::signature, std::string(4'000, 'A')), invalid,
         "too long"},
        {"a megabyte of dots", std::string(1 << 20, '.'), invalid, "longer"},
    };
}

std::vector<Row> header_rows() {
    const std::string payload = forge.claims().json();
    const auto raw = [&](std::string_view header) { return signed_raw(header, payload); };
    return {
        {"header no JSON", raw("EdDSA"), invalid, "no JSON object"},
        {"header a list", raw(R"(["EdDSA"])"), invalid, "no JSON object"},
        {"header null", raw("null"), invalid, "no JSON object"},
        {"header with a byte order mark", raw("\xef\xbb\xbf{\"alg\":\"EdDSA\"}"), invalid,
         "no JSON object"},
        {"header not UTF-8", raw("{\"alg\":\"EdDSA\",\"kid\":\"\xff\"}"), invalid,
         "no JSON object"},
        {"header with more behind it", raw(R"({"alg":"EdDSA"}{})"), invalid, "no JSON object"},
        {"header nested deeply",
         raw(R"({"alg":"EdDSA","x":)" + std::string(40, '[') + std::string(40, ']') + "}"), invalid,
         "no JSON object"},
        {"alg twice", raw(R"({"alg":"EdDSA","kid":"ed1","alg":"none"})"), invalid,
         "no JSON object"},
        {"kid twice", raw(R"({"alg":"EdDSA","kid":"ed1","kid":"hs1"})"), invalid, "no JSON object"},
        {"alg twice, once escaped", raw(R"({"alg":"EdDSA","\u0061lg":"none"})"), invalid,
         "no JSON object"},
        {"alg missing", raw(R"({"kid":"ed1"})"), invalid, "no alg"},
        {"alg null", with_header("alg", "null"), invalid, "no text"},
        {"alg a number", with_header("alg", "1"), invalid, "no text"},
        {"alg a list", with_header("alg", R"(["EdDSA"])"), invalid, "no text"},
        {"alg empty", with_header("alg", R"("")"), invalid, "no text"},
        {"alg none, not signed",
         jws(R"({"alg":"none","typ":"JWT"})", payload, [](auto) { return std::string(); }), invalid,
         "not signed"},
        {"alg none, our kid, a signature", with_header("alg", R"("none")"), invalid,
         "did not sign"},
        {"alg None", with_header("alg", R"("None")"), invalid, "did not sign"},
        {"alg nOnE without kid", forge.token(Members{{"alg", R"("nOnE")"}}, forge.claims()),
         invalid, "no key"},
        {"alg in lower case", with_header("alg", R"("eddsa")"), invalid, "did not sign"},
        {"alg with a space", with_header("alg", R"("EdDSA ")"), invalid, "did not sign"},
        {"alg RS256 on an Ed25519 signature", with_header("alg", R"("RS256")"), invalid,
         "did not sign"},
        {"alg ES256 on an Ed25519 signature", with_header("alg", R"("ES256")"), invalid,
         "did not sign"},
        {"HS256 with the public key as secret",
         jws(R"({"alg":"HS256","kid":"ed1"})", payload,
             hmac_signer(std::string(view(forge.key().public_key())))),
         invalid, "did not sign"},
        {"HS256 with the JWK as secret",
         jws(R"({"alg":"HS256","kid":"ed1"})", payload, hmac_signer(forge.jwk())), invalid,
         "did not sign"},
        {"HS256 without secret, our kid",
         jws(R"({"alg":"HS256","kid":"hs1"})", payload, hmac_signer("")), invalid, "did not sign"},
        {"HS256 with a wrong secret",
         jws(R"({"alg":"HS256","kid":"hs1"})", payload, hmac_signer("secret")), invalid,
         "did not sign"},
        {"HS512 with the right secret",
         jws(R"({"alg":"HS512","kid":"hs1"})", payload, hmac_signer(std::string(shared_secret))),
         invalid, "did not sign"},
        {"EdDSA under the secret's kid", with_header("kid", R"("hs1")"), invalid, "did not sign"},
        {"crit", with_header("crit", R"(["exp"])"), invalid, "extension"},
        {"crit empty", with_header("crit", "[]"), invalid, "extension"},
        {"crit null", with_header("crit", "null"), invalid, "extension"},
        {"b64 false", with_header("b64", "false"), invalid, "extension"},
        {"kid unknown", with_header("kid", R"("ed2")"), invalid, "no key"},
        {"kid in another case", with_header("kid", R"("ED1")"), invalid, "no key"},
        {"kid empty", with_header("kid", R"("")"), invalid, "no text"},
        {"kid a number", with_header("kid", "1"), invalid, "no text"},
        {"kid very long", with_header("kid", '"' + std::string(257, 'k') + '"'), invalid,
         "too long"},
        {"kid a path", with_header("kid", R"("../../../../dev/null")"), invalid, "no key"},
        {"kid an absolute path", with_header("kid", R"("/proc/self/environ")"), invalid, "no key"},
        {"kid some SQL", with_header("kid", R"("x' UNION SELECT 'secret' -- ")"), invalid,
         "no key"},
        {"kid a command", with_header("kid", R"("|whoami")"), invalid, "no key"},
        {"kid a URL", with_header("kid", R"("https://evil.example/key")"), invalid, "no key"},
        {"kid with a NUL", with_header("kid", R"("ed1\u0000")"), invalid, "no JSON object"},
        {"kid of a prototype", with_header("kid", R"("__proto__")"), invalid, "no key"},
        {"typ a number", with_header("typ", "1"), invalid, "no text"},
        {"typ empty", with_header("typ", R"("")"), invalid, "no text"},
        {"typ of a logout token", with_header("typ", R"("logout+jwt")"), invalid, "typ"},
        {"typ of a proof", with_header("typ", R"("dpop+jwt")"), invalid, "typ"},
        {"typ of an event", with_header("typ", R"("application/secevent+jwt")"), invalid, "typ"},
        {"typ of a media type only", with_header("typ", R"("application/")"), invalid, "typ"},
        {"an embedded key",
         stranger.token(stranger.header().with("jwk", stranger.jwk()), forge.claims()), invalid,
         "did not sign"},
        {"an embedded key and no kid",
         stranger.token(stranger.header().without("kid").with("jwk", stranger.jwk()),
                        forge.claims()),
         invalid, "no key"},
        {"a URL of keys",
         stranger.token(stranger.header().with("jku", R"("https://evil.example/jwks")"),
                        forge.claims()),
         invalid, "did not sign"},
        {"a URL of a certificate, unknown kid",
         stranger.token(stranger.header()
                            .with("kid", R"("new")")
                            .with("x5u", R"("https://evil.example/cert")"),
                        forge.claims()),
         invalid, "no key"},
    };
}

std::vector<Row> signature_rows() {
    const Parts good = parts();
    const auto replaced = [&](std::string signature) {
        return join({good.header, good.payload, std::move(signature)});
    };
    std::string flipped = from_base64url(good.signature).value();
    flipped[40] ^= 1;
    const std::string other = to_base64url(forge.claims().with("sub", R"("admin")").json());
    return {
        {"somebody else's key under our name", stranger.token(), invalid, "did not sign"},
        {"one bit flipped", replaced(to_base64url(flipped)), invalid, "did not sign"},
        {"half a signature", replaced(good.signature.substr(0, 43)), invalid, "sign"},
        {"twice the signature", replaced(good.signature + good.signature), invalid, "sign"},
        {"zeros", replaced(to_base64url(std::string(64, '\0'))), invalid, "did not sign"},
        {"one byte", replaced("AA"), invalid, "did not sign"},
        {"another payload under it", join({good.header, other, good.signature}), invalid,
         "did not sign"},
        {"another header over it",
         join({to_base64url(forge.header().with("x", "1").json()), good.payload, good.signature}),
         invalid, "did not sign"},
        {"header and payload swapped", join({good.payload, good.header, good.signature}), invalid,
         "no alg"},
    };
}

std::vector<Row> claim_rows() {
    const std::string header = forge.header().json();
    const std::string many = fmt::format("[{}\"lifeline-test\"]", [] {
        std::string out;
        for (int i = 0; i < 16; ++i) out += "\"x\",";
        return out;
    }());
    return {
        {"payload no JSON", signed_raw(header, "alice"), invalid, "no JSON object"},
        {"payload a list", signed_raw(header, "[]"), invalid, "no JSON object"},
        {"payload not UTF-8", signed_raw(header, "{\"sub\":\"\xc0\xaf\"}"), invalid,
         "no JSON object"},
        {"sub twice", signed_raw(header, forge.claims().json().insert(1, R"("sub":"admin",)")),
         invalid, "no JSON object"},
        {"exp twice", signed_raw(header, forge.claims().json().insert(1, R"("exp":9999999999,)")),
         invalid, "no JSON object"},
        {"iss missing", forge.token(forge.claims().without("iss")), invalid, "iss"},
        {"iss another", with_claim("iss", R"("https://evil.example/")"), invalid, "iss"},
        {"iss without its slash", with_claim("iss", R"("https://id.example")"), invalid, "iss"},
        {"iss in capitals", with_claim("iss", R"("HTTPS://ID.EXAMPLE/")"), invalid, "iss"},
        {"iss a list", with_claim("iss", R"(["https://id.example/"])"), invalid, "iss"},
        {"iss the shared secret's", with_claim("iss", R"("https://shared.example/")"), invalid,
         "iss"},
        {"aud missing", forge.token(forge.claims().without("aud")), invalid, "aud is missing"},
        {"aud another", with_claim("aud", R"("somebody")"), invalid, "aud is not us"},
        {"aud a beginning of ours", with_claim("aud", R"("lifeline")"), invalid, "aud is not us"},
        {"aud null", with_claim("aud", "null"), invalid, "neither"},
        {"aud a number", with_claim("aud", "1"), invalid, "neither"},
        {"aud an object", with_claim("aud", R"({"lifeline-test":true})"), invalid, "neither"},
        {"aud an empty list", with_claim("aud", "[]"), invalid, "aud is not us"},
        {"aud a list without us", with_claim("aud", R"(["a","b"])"), invalid, "aud is not us"},
        {"aud a list of lists", with_claim("aud", R"([["lifeline-test"]])"), invalid,
         "list of texts"},
        {"aud a list with a number", with_claim("aud", R"(["lifeline-test",1])"), invalid,
         "list of texts"},
        {"aud a long list", with_claim("aud", many), invalid, "list of texts"},
        {"sub missing", forge.token(forge.claims().without("sub")), invalid, "sub"},
        {"sub empty", with_claim("sub", R"("")"), invalid, "sub"},
        {"sub a number", with_claim("sub", "7"), invalid, "sub"},
        {"sub null", with_claim("sub", "null"), invalid, "sub"},
        {"sub of 256 bytes", with_claim("sub", '"' + std::string(256, 'a') + '"'), invalid, "sub"},
        {"sub with a newline", with_claim("sub", R"("alice\nlevel=error")"), invalid, "sub"},
        {"sub with an escape sequence", with_claim("sub", R"("\u001b[31m")"), invalid, "sub"},
        {"sub with DEL", with_claim("sub", R"("a\u007f")"), invalid, "sub"},
        {"sub with a lone surrogate", with_claim("sub", R"("\ud800")"), invalid, "no JSON object"},
        {"exp missing", forge.token(forge.claims().without("exp")), invalid, "exp is missing"},
        {"exp a text", with_claim("exp", '"' + seconds(600) + '"'), invalid, "number of seconds"},
        {"exp null", with_claim("exp", "null"), invalid, "number of seconds"},
        {"exp true", with_claim("exp", "true"), invalid, "number of seconds"},
        {"exp a list", with_claim("exp", "[" + seconds(600) + "]"), invalid, "number of seconds"},
        {"exp negative", with_claim("exp", "-1"), invalid, "number of seconds"},
        {"exp 1e400", with_claim("exp", "1e400"), invalid, "no JSON object"},
        {"exp 1e300", with_claim("exp", "1e300"), invalid, "number of seconds"},
        {"exp in milliseconds", with_claim("exp", seconds(600) + "000"), invalid,
         "number of seconds"},
        {"exp beyond 64 bits", with_claim("exp", "99999999999999999999"), invalid, ""},
        {"exp in two days", with_claim("exp", seconds(2 * 86'400)), invalid, "lifetime_max"},
        {"exp before iat",
         forge.token(forge.claims().with("iat", seconds(-5)).with("exp", seconds(-10))), invalid,
         "before iat"},
        {"nbf in 31 s", with_claim("nbf", seconds(31)), invalid, "nbf"},
        {"nbf a text", with_claim("nbf", R"("now")"), invalid, "number of seconds"},
        {"iat in 31 s", with_claim("iat", seconds(31)), invalid, "iat"},
        {"iat far ahead", with_claim("iat", seconds(86'400)), invalid, "iat"},
        {"iat a text", with_claim("iat", R"("2026-02-16")"), invalid, "number of seconds"},
        {"expired by 30 s",
         forge.token(forge.claims().with("iat", seconds(-60)).with("exp", seconds(-30))), expired,
         "exp has passed"},
        {"expired by 31 s",
         forge.token(forge.claims().with("iat", seconds(-60)).with("exp", seconds(-31))), expired,
         "exp has passed"},
        {"expired in 1970", forge.token(forge.claims().without("iat").with("exp", "0")), expired,
         "exp has passed"},
        {"expired, and not for us",
         forge.token(forge.claims()
                         .with("aud", R"("somebody")")
                         .with("iat", seconds(-60))
                         .with("exp", seconds(-31))),
         invalid, "aud is not us"},
        {"expired, and not signed by us",
         stranger.token(forge.claims().with("iat", seconds(-60)).with("exp", seconds(-31))),
         invalid, "did not sign"},
        {"the shared secret signs for the other issuer",
         jws(R"({"alg":"HS256","kid":"hs1"})", forge.claims().json(),
             hmac_signer(std::string(shared_secret))),
         invalid, "iss"},
    };
}

std::vector<Row> own_rows() {
    return {
        {"connect token without body", "llc_", invalid, "no connect token"},
        {"connect token without MAC", "llc_e30", invalid, "no connect token"},
        {"connect token with an empty MAC", "llc_e30.", invalid, "MAC"},
        {"connect token of zeros", "llc_e30." + std::string(43, 'A'), invalid, "MAC"},
        {"connect token, very long", "llc_" + std::string(9'000, 'A'), invalid, "longer"},
        {"API key without secret", "llk_01JKQ8V4Z7000000000000000A_", invalid, "no API key"},
        {"API key that nobody made", "llk_01JKQ8V4Z7000000000000000A_" + std::string(43, 'A'),
         invalid, "no API key"},
        {"API key of other characters", "llk_" + std::string(26, '/') + "_" + std::string(43, 'A'),
         invalid, "no API key"},
        {"API key, very long", "llk_" + std::string(5'000, 'A'), invalid, "no API key"},
    };
}

test::House house() {
    static const test::Folder folder;
    auto shared = test::issuer_config(
        SharedSecret{.secret = Secret(std::string(shared_secret)), .key_id = "hs1"});
    shared.issuer = "https://shared.example/";
    return test::House({test::issuer_config(JwksFile{folder.write("jwks.json", forge.jwks())}),
                        std::move(shared)});
}

}  // namespace

TEST(HostileTokens, AreRefusedForTheRightReasonAndLeaveNoTrace) {
    auto inside = house();
    std::size_t count = 0;
    for (const auto& rows :
         {form_rows(), header_rows(), signature_rows(), claim_rows(), own_rows()}) {
        for (const auto& [name, token, reason, detail] : rows) {
            SCOPED_TRACE(name);
            const auto outcome = inside.ask(token);
            ++count;
            ASSERT_FALSE(outcome);
            EXPECT_EQ(outcome.error().reason, reason);
            EXPECT_THAT(outcome.error().detail, testing::HasSubstr(detail));
            EXPECT_THAT(outcome.error().detail, testing::Not(testing::HasSubstr("alice")));
        }
    }
    EXPECT_GE(count, 150u);
    EXPECT_EQ(inside.log.appends, 0u);
    EXPECT_TRUE(inside.fetcher.asked.empty());
}

TEST(HostileTokens, WhatIsOnlyUnusualPasses) {
    const Row rows[] = {
        {"plain", forge.token(), "", ""},
        {"expired by 29 s",
         forge.token(forge.claims().with("iat", seconds(-60)).with("exp", seconds(-29))), "", ""},
        {"nbf in 29 s", with_claim("nbf", seconds(29)), "", ""},
        {"iat in 29 s", with_claim("iat", seconds(29)), "", ""},
        {"without iat", forge.token(forge.claims().without("iat")), "", ""},
        {"exp with a fraction", with_claim("exp", seconds(60) + ".75"), "", ""},
        {"exp with an exponent", with_claim("exp", "1.7712366e9"), "", ""},
        {"aud a list", with_claim("aud", R"(["other","lifeline-test"])"), "", ""},
        {"typ missing", forge.token(forge.header().without("typ"), forge.claims()), "", ""},
        {"typ at+jwt", with_header("typ", R"("at+jwt")"), "", ""},
        {"typ in full", with_header("typ", R"("application/at+jwt")"), "", ""},
        {"typ in capitals", with_header("typ", R"("jwt")"), "", ""},
        {"kid missing", forge.token(forge.header().without("kid"), forge.claims()), "", ""},
        {"alg by its newer name", with_header("alg", R"("Ed25519")"), "", ""},
        {"headers that we do not know", with_header("x5t", R"("abc")"), "", ""},
        {"claims that we do not know", with_claim("amr", R"(["pwd"])"), "", ""},
        {"sub beyond ASCII", with_claim("sub", R"("Žofie 🦊")"), "", ""},
        {"sub of 255 bytes", with_claim("sub", '"' + std::string(255, 'a') + '"'), "", ""},
        {"HS256 by the shared secret's own issuer",
         jws(R"({"alg":"HS256","kid":"hs1"})",
             forge.claims().with("iss", R"("https://shared.example/")").json(),
             hmac_signer(std::string(shared_secret))),
         "", ""},
    };
    auto inside = house();
    for (const auto& [name, token, reason, detail] : rows) {
        SCOPED_TRACE(name);
        const auto outcome = inside.ask(token);
        EXPECT_TRUE(outcome) << outcome.error().detail;
    }
}

}  // namespace lifeline::identity
