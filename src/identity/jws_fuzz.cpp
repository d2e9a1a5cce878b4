// Whatever comes as a token: no crash, and nothing is opened that its owner did not write. Ed25519
// and HMAC give one signature for one text, so whatever a key opens must be, to the byte, what that
// key would have made.
//
// An input that begins with '{' is a header and, after a newline, a payload, both JSON: it is
// signed here, so that the fuzzer reaches what lies behind a good signature. Any other input is a
// token.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/digest.h"
#include "base/signature.h"
#include "base/text.h"
#include "identity/jwk_set.h"
#include "identity/jws.h"
#include "identity/token_key.h"
#include "identity/token_rules.h"

namespace {

using lifeline::Secret;
using lifeline::to_base64url;
using lifeline::view;
using lifeline::identity::check_token;
using lifeline::identity::clock_skew;
using lifeline::identity::CompactJws;
using lifeline::identity::parse_jwk_set;
using lifeline::identity::TokenKey;

constexpr std::string_view secret = "not a secret, but thirty-two bytes";

const lifeline::SigningKey& signing_key() {
    static const auto key = [] {
        std::array<std::uint8_t, lifeline::ed25519_key_bytes> seed;
        seed.fill(1);
        return lifeline::SigningKey::from_seed(seed);
    }();
    return key;
}

const TokenKey& ed_key() {
    static const TokenKey key("ed", signing_key().verify_key());
    return key;
}

const TokenKey& hs_key() {
    static const auto key = TokenKey::shared_secret("hs", Secret(std::string(secret)));
    CHECK(key.has_value());
    return *key;
}

std::string ed_signature(std::string_view text) {
    return to_base64url(view(signing_key().sign(text)));
}

std::string hs_signature(std::string_view text) {
    return to_base64url(view(lifeline::hmac_sha256(secret, text)));
}

void judge(std::string_view text) {
    const auto token = CompactJws::parse(text);
    if (!token) return;
    const auto dot = text.rfind('.');
    const auto signed_part = text.substr(0, dot);
    const auto signature = text.substr(dot + 1);
    if (token->open(ed_key())) CHECK(signature == ed_signature(signed_part));
    if (token->open(hs_key())) CHECK(signature == hs_signature(signed_part));
}

void judge_claims(std::string_view payload) {
    static const std::array<std::string, 1> audience = {"lifeline-test"};
    static const std::array<std::string, 2> types = {"JWT", "at+jwt"};
    const lifeline::WallTime now{lifeline::Millis(1'771'236'000'000)};
    const lifeline::Millis lifetime_max{86'400'000};
    const auto claims = check_token({.issuer = "https://id.example/",
                                     .audience = audience,
                                     .types = types,
                                     .lifetime_max = lifetime_max},
                                    "JWT", payload, now);
    if (!claims) return;
    CHECK(!claims->subject.empty());
    CHECK(claims->expires_at > now);
    CHECK(claims->expires_at <= now + lifetime_max + 2 * clock_skew);
}

void judge_signed(std::string_view header, std::string_view payload) {
    const std::string text = to_base64url(header) + "." + to_base64url(payload);
    for (const std::string& token :
         {text + "." + ed_signature(text), text + "." + hs_signature(text)}) {
        judge(token);
        const auto parsed = CompactJws::parse(token);
        if (!parsed) continue;
        if (const auto opened = parsed->open(ed_key())) CHECK(*opened == payload);
    }
    judge_claims(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (input.starts_with('{')) {
        const auto end = input.find('\n');
        judge_signed(input.substr(0, end),
                     end == std::string_view::npos ? std::string_view() : input.substr(end + 1));
        (void)parse_jwk_set(input);
    } else {
        judge(input);
    }
    return 0;
}
