#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

// Asymmetric signatures over OpenSSL. We sign with Ed25519 only; we verify the three algorithms
// that identity providers use. A key knows its one algorithm, so nothing that a stranger sends can
// choose another.
namespace lifeline {

enum class SignatureAlgorithm : std::uint8_t {
    ed25519,
    es256,  // ECDSA on P-256 with SHA-256; a signature is r and s, 32 bytes each.
    rs256,  // RSA PKCS #1 v1.5 with SHA-256.
};

inline constexpr std::size_t ed25519_key_bytes = 32;
inline constexpr std::size_t ed25519_signature_bytes = 64;

using Ed25519Signature = std::array<std::uint8_t, ed25519_signature_bytes>;
using Ed25519PublicKey = std::array<std::uint8_t, ed25519_key_bytes>;

struct KeyHandle;  // Wraps OpenSSL's key, so that its headers stay out of ours.

// A public key that is known to be sound: on its curve, long enough, of an algorithm above.
// Immutable and cheap to copy; any thread may verify with it.
class VerifyKey {
public:
    // Raw numbers, big-endian, as a JWK has them once decoded.
    static Result<VerifyKey> ed25519(std::string_view public_key);
    static Result<VerifyKey> es256(std::string_view x, std::string_view y);
    static Result<VerifyKey> rs256(std::string_view modulus, std::string_view exponent);
    // One "BEGIN PUBLIC KEY" block; the algorithm follows from the key's type.
    static Result<VerifyKey> from_pem(std::string_view pem);

    SignatureAlgorithm algorithm() const { return algorithm_; }
    bool verify(std::string_view message, std::string_view signature) const;

private:
    VerifyKey(SignatureAlgorithm algorithm, std::shared_ptr<const KeyHandle> key)
        : algorithm_(algorithm), key_(std::move(key)) {}

    SignatureAlgorithm algorithm_;
    std::shared_ptr<const KeyHandle> key_;
};

// An Ed25519 private key. Immutable and cheap to copy; any thread may sign with it.
class SigningKey {
public:
    static SigningKey generate(Random& random);
    // The 32 bytes from which the key follows (RFC 8032); the only thing worth storing.
    static SigningKey from_seed(std::span<const std::uint8_t, ed25519_key_bytes> seed);

    Ed25519Signature sign(std::string_view message) const;
    const Ed25519PublicKey& public_key() const { return public_key_; }
    VerifyKey verify_key() const;

private:
    SigningKey(std::shared_ptr<const KeyHandle> key, const Ed25519PublicKey& public_key)
        : key_(std::move(key)), public_key_(public_key) {}

    std::shared_ptr<const KeyHandle> key_;
    Ed25519PublicKey public_key_;
};

}  // namespace lifeline
