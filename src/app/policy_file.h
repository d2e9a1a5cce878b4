#pragma once

#include <filesystem>

#include "base/result.h"
#include "safety/policy.h"

namespace lifeline::app {

// The policy of a file, TOML or JSON; the standard one where none is named. What is wrong is said
// with the file and its line.
Result<safety::Policy> load_policy(const std::filesystem::path& file);

}  // namespace lifeline::app
