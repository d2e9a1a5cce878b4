#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/jws.h"
#include "identity/token_key.h"

namespace lifeline::identity {

inline constexpr std::size_t jwk_set_bytes_max = 64 * 1024;

// The keys of one issuer.
struct KeySet {
    std::vector<TokenKey> keys;
    std::vector<std::string> skipped;  // Why each other key of the set is not used; for the log.
};

// Reads a JWK Set (RFC 7517). Keys for other purposes and of other kinds are usual in one and are
// skipped; so are symmetric ones, which nobody may publish. A set with a private key, with two keys
// of one name, or without any key for us is refused as a whole.
Result<KeySet> parse_jwk_set(std::string_view json);

// The one key of the set that may have signed this token: the key that the token names, or, where
// one of the two has no name, the only key of the token's algorithm.
struct KeyChoice {
    const TokenKey* key = nullptr;
    bool by_name = false;
};
KeyChoice choose_key(const KeySet& set, const CompactJws& token);

}  // namespace lifeline::identity
