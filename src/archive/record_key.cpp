#include "archive/record_key.h"

#include <fmt/format.h>

#include "journal/seal_key.h"
#include "metering/usage_record.h"

namespace lifeline::archive {

std::optional<std::string> wrong_with_key(const contract::Json& record, std::uint64_t position,
                                          const metering::KeyHistory& keys,
                                          const Ed25519PublicKey& own) {
    const std::string key_id(record.text("keyId").value_or(""));
    const metering::RecordKey* const known = keys.find(key_id);
    if (keys.empty() && key_id != journal::key_id(own))
        return fmt::format("is signed by key {}, not by the archive's", key_id);
    if (!keys.empty())
        if (auto doubt = keys.doubt(key_id, position)) return doubt;
    const auto key = VerifyKey::ed25519(view(known == nullptr ? own : known->key));
    if (!key || !metering::verify_record(record, *key)) return "is not what was signed";
    return std::nullopt;
}

}  // namespace lifeline::archive
