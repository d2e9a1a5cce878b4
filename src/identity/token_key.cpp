#include "identity/token_key.h"

#include "base/digest.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t shared_secret_bytes_min = 32;

TokenAlgorithm algorithm_of(const VerifyKey& key) {
    switch (key.algorithm()) {
        case SignatureAlgorithm::ed25519:
            return TokenAlgorithm::eddsa;
        case SignatureAlgorithm::es256:
            return TokenAlgorithm::es256;
        case SignatureAlgorithm::rs256:
            break;
    }
    return TokenAlgorithm::rs256;
}

}  // namespace

bool names_algorithm(std::string_view name, TokenAlgorithm algorithm) {
    switch (algorithm) {
        case TokenAlgorithm::eddsa:
            return name == "EdDSA" || name == "Ed25519";  // The newer name is RFC 9864's.
        case TokenAlgorithm::es256:
            return name == "ES256";
        case TokenAlgorithm::rs256:
            return name == "RS256";
        case TokenAlgorithm::hs256:
            return name == "HS256";
    }
    return false;
}

TokenKey::TokenKey(std::string key_id, VerifyKey key)
    : key_id_(std::move(key_id)), algorithm_(algorithm_of(key)), key_(std::move(key)) {}

Result<TokenKey> TokenKey::shared_secret(std::string key_id, Secret<std::string> secret) {
    if (secret.reveal().size() < shared_secret_bytes_min)
        return fail(Code::malformed, "config_invalid", "a shared secret needs at least 32 bytes");
    return TokenKey(std::move(key_id), std::move(secret));
}

bool TokenKey::verify(std::string_view message, std::string_view signature) const {
    if (const auto* secret = std::get_if<Secret<std::string>>(&key_))
        return equal_secret(view(hmac_sha256(secret->reveal(), message)), signature);
    return std::get<VerifyKey>(key_).verify(message, signature);
}

}  // namespace lifeline::identity
