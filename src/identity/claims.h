#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/json.h"
#include "identity/external_ids.h"
#include "identity/issuer.h"

// What an issuer says of somebody, read by the names that its configuration gives. The same for a
// token's claims and for the answer of an introspection.
namespace lifeline::identity {

// Somebody an issuer vouches for, before we know whether we know them.
struct ExternalIdentity {
    std::string issuer;
    std::string subject;
    std::string account_id;
    std::string account_name;
    contract::Role role = contract::Role::viewer;
    std::string display_name;
    WallTime expires_at;
    UserCreation users = UserCreation::must_exist;
};

// `name` is a member of `claims`, or a JSON pointer into it when it begins with a slash.
std::optional<contract::Json> claim(const contract::Json& claims, std::string_view name);

// Seconds since 1970 as a token has them, with or without a fraction; nothing before 1970 or after
// the year 9999.
std::optional<WallTime> claimed_time(const contract::Json& value);

// 1 to 255 bytes without control characters: it goes into events, and into log lines.
bool is_subject(std::string_view text);

// Everything but the expiry. token_invalid when a claim that is asked for is missing or no use.
Result<ExternalIdentity> identity_of(const contract::Json& claims, std::string_view subject,
                                     std::string_view name_claim, const IssuerConfig& issuer,
                                     const ExternalIds& ids);

}  // namespace lifeline::identity
