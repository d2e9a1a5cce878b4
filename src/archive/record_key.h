#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/signature.h"
#include "contract/json.h"
#include "metering/key_history.h"

namespace lifeline::archive {

// Whether a usage record is what a key signed that could sign there: one of the history, or, where
// there is none, `own`. What is wrong, or nothing.
std::optional<std::string> wrong_with_key(const contract::Json& record, std::uint64_t position,
                                          const metering::KeyHistory& keys,
                                          const Ed25519PublicKey& own);

}  // namespace lifeline::archive
