#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/signature.h"
#include "journal/folder.h"

namespace lifeline::journal {

// What an outsider names a key by: the first 8 bytes of its SHA-256, in hex.
std::string key_id(const Ed25519PublicKey& key);

// The folder's key for everything that outsiders check: seals, published heads, archives. It
// follows from journal.key; each of the three begins its messages with a tag of its own.
class SealKey {
public:
    static Result<SealKey> open(const Folder& folder);
    explicit SealKey(const FolderKey& key)
        : key_(SigningKey::from_seed(key.derive("journal seal"))), id_(key_id(key_.public_key())) {}

    const std::string& id() const { return id_; }
    const Ed25519PublicKey& public_key() const { return key_.public_key(); }
    const SigningKey& signing() const { return key_; }
    Ed25519Signature sign(std::string_view message) const { return key_.sign(message); }

private:
    SigningKey key_;
    std::string id_;
};

}  // namespace lifeline::journal
