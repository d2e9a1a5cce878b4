#include "identity/claims.h"

#include <algorithm>
#include <cmath>

#include "identity/jws.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t subject_bytes_max = 255;
constexpr std::size_t display_name_bytes_max = 128;
constexpr double seconds_max = 253'402'300'799;  // The end of the year 9999.

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// One reference token of a JSON pointer (RFC 6901).
std::string unescape(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size()) {
            ++i;
            out.push_back(token[i] == '1' ? '/' : '~');
        } else {
            out.push_back(token[i]);
        }
    }
    return out;
}

// Whether a claim is this text, or an array that holds it.
bool claims_text(const contract::Json& value, std::string_view wanted) {
    if (const auto text = value.as_text()) return *text == wanted;
    if (!value.is_array()) return false;
    return std::ranges::any_of(
        value.items(), [&](const contract::Json& item) { return item.as_text() == wanted; });
}

contract::Role role_of(const contract::Json& claims, const RoleRule& rule) {
    const auto value = rule.claim.empty() ? std::nullopt : claim(claims, rule.claim);
    if (!value) return rule.otherwise;
    const auto row = std::ranges::find_if(
        rule.roles, [&](const auto& candidate) { return claims_text(*value, candidate.first); });
    return row == rule.roles.end() ? rule.otherwise : row->second;
}

// Only for showing, so a name that is no use is left out rather than a reason to refuse.
bool is_shown(std::string_view name) {
    return name.size() <= display_name_bytes_max && !has_control(name);
}

std::string display_name(const contract::Json& claims, std::string_view name_claim) {
    const auto value = name_claim.empty() ? std::nullopt : claim(claims, name_claim);
    const auto text = value ? value->as_text() : std::nullopt;
    if (!text || !is_shown(*text)) return {};
    return std::string(*text);
}

}  // namespace

std::optional<contract::Json> claim(const contract::Json& claims, std::string_view name) {
    if (!name.starts_with('/')) return claims.find(name);
    std::optional<contract::Json> here = claims;
    while (here && !name.empty()) {
        const auto end = name.find('/', 1);
        here = here->find(unescape(name.substr(1, end - 1)));
        name = end == std::string_view::npos ? std::string_view() : name.substr(end);
    }
    return here;
}

std::optional<WallTime> claimed_time(const contract::Json& value) {
    const auto seconds = value.as_number();
    if (!seconds || !(*seconds >= 0) || *seconds > seconds_max) return std::nullopt;
    return WallTime(Millis(static_cast<std::int64_t>(std::floor(*seconds * 1000))));
}

bool is_subject(std::string_view text) {
    return !text.empty() && text.size() <= subject_bytes_max && !has_control(text);
}

Result<ExternalIdentity> identity_of(const contract::Json& claims, std::string_view subject,
                                     std::string_view name_claim, const IssuerConfig& issuer,
                                     const ExternalIds& ids) {
    ExternalIdentity out;
    out.issuer = issuer.issuer;
    out.subject = subject;
    out.users = issuer.users;
    if (issuer.account.claim.empty()) {
        out.account_id = issuer.account.fixed;
        out.account_name = issuer.account.fixed;
    } else {
        const auto value = claim(claims, issuer.account.claim);
        const auto text = value ? value->as_text() : std::nullopt;
        if (!text || !is_subject(*text))
            return token_invalid("the account's claim is missing or no name");
        out.account_id = ids.account_id(issuer.issuer, *text);
        out.account_name = is_shown(*text) ? std::string(*text) : out.account_id;
    }
    out.role = role_of(claims, issuer.role);
    out.display_name = display_name(claims, name_claim);
    return out;
}

}  // namespace lifeline::identity
