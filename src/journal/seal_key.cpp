#include "journal/seal_key.h"

#include <span>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::journal {

std::string key_id(const Ed25519PublicKey& key) {
    const Digest digest = sha256(view(key));
    return to_hex(std::span<const std::uint8_t>(digest).first(8));
}

Result<SealKey> SealKey::open(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key) return fail(key.error());
    return SealKey(*key);
}

}  // namespace lifeline::journal
