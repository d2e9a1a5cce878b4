#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/signature.h"

namespace lifeline::identity {

// The secrets of one instance, in the folder `keys` of its data folder: made by chance at the first
// start, never configured, never with a default. Immutable once open; any thread may use them.
//
//   signing.key  Ed25519: signs access tokens; its public half is published
//   root.key     32 bytes from which a separate key for every purpose of a MAC is derived, so
//                that one derived key that leaks gives away one purpose only
//
// The folder is 0700 and its files are 0600 and of the process's own user; anything wider, and any
// file that is not what was written, is refused with what to do about it.
class InstanceKeys {
public:
    // Makes what a first start (also one that was interrupted) has not made yet. Refuses a folder
    // from which single keys are missing: a key is lost then, and a new one would hide it.
    static Result<InstanceKeys> open_or_create(const std::filesystem::path& folder, Random& random);
    // For commands that run beside a server and for a folder that must have keys already.
    static Result<InstanceKeys> open(const std::filesystem::path& folder);

    // The issuer of this instance's tokens; follows from the root key.
    const std::string& issuer() const { return issuer_; }
    // Names the signing key in a token's header (RFC 7638).
    const std::string& key_id() const { return key_id_; }

    const SigningKey& signing_key() const { return signing_; }
    // The key of our tokens, as whoever checks them reads it in a JWK set.
    std::string public_jwk_json() const;
    // Whether this JSON is a JWK set with that key in it.
    bool is_in_jwks(std::string_view set) const;

    // The key for one purpose; whoever makes many MACs keeps it.
    Secret<Digest> derive(std::string_view purpose) const;
    Digest mac(std::string_view purpose, std::string_view bytes) const;

private:
    InstanceKeys(SigningKey signing, const Digest& root);

    SigningKey signing_;
    Secret<Digest> root_;
    std::string issuer_;
    std::string key_id_;
};

}  // namespace lifeline::identity
