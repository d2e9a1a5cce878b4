#include "identity/token_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "contract/reason.h"
#include "identity/claims.h"
#include "identity/jws.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t audiences_max = 16;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Media types have no case, and "application/" is left out where nothing else has a slash.
bool same_type(std::string_view left, std::string_view right) {
    constexpr std::string_view prefix = "application/";
    const auto shortened = [&](std::string_view type) {
        const bool prefixed = type.size() > prefix.size() &&
                              std::ranges::equal(type.substr(0, prefix.size()), prefix, {}, lower);
        return prefixed ? type.substr(prefix.size()) : type;
    };
    return std::ranges::equal(shortened(left), shortened(right), {}, lower, lower);
}

Status check_type(std::string_view type, std::span<const std::string> types) {
    const std::string_view said = type.empty() ? "JWT" : type;
    if (std::ranges::any_of(types, [&](const auto& row) { return same_type(said, row); }))
        return {};
    return token_invalid("typ is of another kind of token");
}

Status check_issuer(const contract::Json& claims, std::string_view issuer) {
    if (claims.text("iss") != issuer) return token_invalid("iss is not this issuer");
    return {};
}

Status check_audience(const contract::Json& claims, std::span<const std::string> audience) {
    const auto aud = claims.find("aud");
    if (!aud) return token_invalid("aud is missing");
    const auto ours = [&](std::string_view text) {
        return std::ranges::find(audience, text) != audience.end();
    };
    if (const auto text = aud->as_text()) {
        if (ours(*text)) return {};
        return token_invalid("aud is not us");
    }
    if (!aud->is_array()) return token_invalid("aud is neither a text nor a list");
    std::size_t count = 0;
    bool found = false;
    for (const contract::Json& item : aud->items()) {
        const auto text = item.as_text();
        if (!text || ++count > audiences_max) return token_invalid("aud is no short list of texts");
        found = found || ours(*text);
    }
    if (found) return {};
    return token_invalid("aud is not us");
}

// Nothing when the claim is not there.
Result<std::optional<WallTime>> time_of(const contract::Json& claims, std::string_view name) {
    const auto member = claims.find(name);
    if (!member) return std::nullopt;
    const auto time = claimed_time(*member);
    if (!time) return token_invalid("a time is no sensible number of seconds");
    return time;
}

// When the token ends, if it has begun and does not last longer than is trusted.
Result<WallTime> check_times(const contract::Json& claims, const TokenRules& rules, WallTime now) {
    const auto expires = time_of(claims, "exp");
    if (!expires) return fail(expires.error());
    if (!*expires) return token_invalid("exp is missing");
    const auto not_before = time_of(claims, "nbf");
    if (!not_before) return fail(not_before.error());
    if (*not_before && **not_before > now + clock_skew) return token_invalid("nbf is to come");
    const auto issued = time_of(claims, "iat");
    if (!issued) return fail(issued.error());
    if (*issued && **issued > now + clock_skew) return token_invalid("iat is to come");
    if (*issued && **issued > **expires) return token_invalid("exp is before iat");
    if (**expires > now + rules.lifetime_max + clock_skew)
        return token_invalid("exp is further away than lifetime_max");
    return **expires + rules.expiry_skew;
}

}  // namespace

Result<TokenClaims> check_token(const TokenRules& rules, std::string_view type,
                                std::string_view payload, WallTime now) {
    if (auto right = check_type(type, rules.types); !right) return fail(right.error());
    auto claims = contract::Json::parse(payload);
    if (!claims || !claims->is_object()) return token_invalid("the payload is no JSON object");
    if (auto right = check_issuer(*claims, rules.issuer); !right) return fail(right.error());
    if (auto right = check_audience(*claims, rules.audience); !right) return fail(right.error());

    const auto subject = claims->text("sub");
    if (!subject || !is_subject(*subject)) return token_invalid("sub is missing or no name");

    const auto expires_at = check_times(*claims, rules, now);
    if (!expires_at) return fail(expires_at.error());
    if (now >= *expires_at)
        return contract::refuse(contract::reason::token_expired, "exp has passed");
    std::string subject_text(*subject);
    return TokenClaims{*std::move(claims), std::move(subject_text), *expires_at};
}

}  // namespace lifeline::identity
