#pragma once

#include <optional>
#include <string>

#include "contract/json.h"
#include "safety/verdict.h"

namespace lifeline::safety {

// The arguments of a question, where they are JSON.
std::optional<contract::Json> arguments_of(const Question& question);

// SHA-256 in hexadecimal of all that a verdict rests on: a tag, and the question as canonical JSON.
// Arguments that are spelled differently and mean the same make no difference; those that are no
// JSON count by their bytes.
std::string inputs_hash(const Question& question, const std::optional<contract::Json>& args);

}  // namespace lifeline::safety
