#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "contract/json.h"

namespace lifeline::identity {

// Clocks differ; a token is judged this kindly, in both directions.
inline constexpr Millis clock_skew{30'000};

// What the claims of a token must be, besides being signed.
struct TokenRules {
    std::string_view issuer;
    std::span<const std::string> audience;
    std::span<const std::string> types;
    Millis lifetime_max;
    Millis expiry_skew = clock_skew;
};

// Claims that hold.
struct TokenClaims {
    contract::Json json;
    std::string subject;
    WallTime expires_at;  // From here on the token would be refused.
};

// `type` is the header's `typ`, `payload` what the signature covers. Pure. token_expired only when
// everything else is right, so that nobody fetches a new token of the wrong kind.
Result<TokenClaims> check_token(const TokenRules& rules, std::string_view type,
                                std::string_view payload, WallTime now);

}  // namespace lifeline::identity
