#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/secret.h"

// API keys for trusted backends: `llk_<keyId>_<secret>`. The key is shown once; what is kept is a
// digest of it. The secret is 32 bytes of chance, so a fast digest is enough: there is nothing to
// guess from.
namespace lifeline::identity {

inline constexpr std::string_view api_key_prefix = "llk_";

struct ApiKey {
    std::string key_id;  // A ULID.
    Secret<std::string> text;
};

ApiKey new_api_key(WallTime now, Random& random);

// The keyId of something that has the form of an API key.
std::optional<std::string_view> api_key_id(std::string_view text);

Digest api_key_hash(std::string_view text);

}  // namespace lifeline::identity
