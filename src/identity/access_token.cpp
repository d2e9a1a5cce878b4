#include "identity/access_token.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/digest.h"
#include "base/text.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "identity/token_rules.h"

namespace lifeline::identity {

namespace {

// Of this instance only, so nothing else that it signs can pass as a token.
constexpr std::string_view token_type = "at+jwt";
constexpr std::string_view audience = "lifeline";
// We made the token, so its lifetime was ours to choose.
constexpr Millis lifetime_max{400LL * 24 * 60 * 60 * 1000};

std::int64_t seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string text_claim(const contract::Json& claims, std::string_view name) {
    return std::string(claims.text(name).value_or(std::string_view()));
}

Result<contract::Role> role_claim(const contract::Json& claims, std::string_view name) {
    const auto role = contract::role_from(text_claim(claims, name));
    if (!role || *role == contract::Role::server) return token_invalid("the role is none");
    return *role;
}

}  // namespace

std::string mint_access_token(const InstanceKeys& keys, const Principal& principal, WallTime now) {
    contract::JsonWriter claims;
    claims.object();
    claims.key("iss").value(keys.issuer());
    claims.key("aud").value(audience);
    claims.key("sub").value(principal.user_id);
    claims.key("account").value(principal.account_id);
    claims.key("role").value(contract::to_text(principal.role));
    if (!principal.display_name.empty()) claims.key("name").value(principal.display_name);
    if (principal.call) {
        claims.key("call").value(principal.call->session_id);
        claims.key("callRole").value(contract::to_text(principal.call->role));
    }
    claims.key("iat").value(seconds(now));
    claims.key("exp").value(seconds(principal.expires_at));
    claims.end();

    const auto header =
        fmt::format(R"({{"alg":"EdDSA","kid":"{}","typ":"{}"}})", keys.key_id(), token_type);
    std::string token = to_base64url(header) + "." + to_base64url(claims.take());
    const auto signature = keys.signing_key().sign(token);
    return token + "." + to_base64url(view(signature));
}

bool is_own_access_token(const InstanceKeys& keys, const CompactJws& token) {
    return token.key_id() == keys.key_id();
}

Result<Principal> verify_access_token(const InstanceKeys& keys, const CompactJws& token,
                                      WallTime now) {
    if (token.type() != token_type) return token_invalid("typ is of another kind of token");
    const auto payload = token.open(TokenKey(keys.key_id(), keys.signing_key().verify_key()));
    if (!payload) return fail(payload.error());
    static const std::array<std::string, 1> audiences = {std::string(audience)};
    static const std::array<std::string, 1> types = {std::string(token_type)};
    const auto checked = check_token({.issuer = keys.issuer(),
                                      .audience = audiences,
                                      .types = types,
                                      .lifetime_max = lifetime_max,
                                      .expiry_skew = Millis(0)},  // Our clock made it.
                                     token.type(), *payload, now);
    if (!checked) return fail(checked.error());

    Principal principal;
    principal.user_id = checked->subject;
    principal.account_id = text_claim(checked->json, "account");
    // Nobody's calls would be those of everybody without an account.
    if (!contract::matches(contract::Form::account_id, principal.account_id))
        return token_invalid("the account is none");
    const auto role = role_claim(checked->json, "role");
    if (!role) return fail(role.error());
    principal.role = *role;
    principal.expires_at = checked->expires_at;
    principal.display_name = text_claim(checked->json, "name");
    if (checked->json.find("call")) {
        const auto call_role = role_claim(checked->json, "callRole");
        if (!call_role) return fail(call_role.error());
        principal.call = CallBinding{text_claim(checked->json, "call"), *call_role};
    }
    return principal;
}

}  // namespace lifeline::identity
