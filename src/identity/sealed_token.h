#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "contract/json.h"

namespace lifeline::identity {

// What the tokens of our own that are no JWT have in common: a prefix that names the kind, a JSON
// body, and a MAC over it by a key of that kind alone. Nothing is stored, and a token of one kind
// is none of another.
std::string seal(std::string_view prefix, std::string_view body_json, const Digest& key);

// The body of a token whose MAC holds: our own writing, of this or an earlier version. `kind` names
// it in the detail of a refusal ("connect token").
Result<contract::Json> unseal(std::string_view prefix, std::string_view kind,
                              std::string_view token, const Digest& key);

}  // namespace lifeline::identity
