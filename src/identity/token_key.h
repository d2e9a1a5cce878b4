#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "base/secret.h"
#include "base/signature.h"

namespace lifeline::identity {

enum class TokenAlgorithm : std::uint8_t { eddsa, es256, rs256, hs256 };

// Whether `name`, as a token's header or a JWK spells it, means `algorithm`. Nothing else does:
// there is no "none" here to be asked for.
bool names_algorithm(std::string_view name, TokenAlgorithm algorithm);

// A key and the one algorithm that it verifies. Immutable; any thread may use it.
class TokenKey {
public:
    // `key_id` may be empty: then a token need not name this key, and may name any.
    TokenKey(std::string key_id, VerifyKey key);
    // HS256; a secret under 32 bytes could be guessed and is refused.
    static Result<TokenKey> shared_secret(std::string key_id, Secret<std::string> secret);

    const std::string& key_id() const { return key_id_; }
    TokenAlgorithm algorithm() const { return algorithm_; }
    bool verify(std::string_view message, std::string_view signature) const;

private:
    TokenKey(std::string key_id, Secret<std::string> secret)
        : key_id_(std::move(key_id)), algorithm_(TokenAlgorithm::hs256), key_(std::move(secret)) {}

    std::string key_id_;
    TokenAlgorithm algorithm_;
    std::variant<VerifyKey, Secret<std::string>> key_;
};

}  // namespace lifeline::identity
