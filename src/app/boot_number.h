#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace lifeline::app {

// How often this folder was served, this time included: generations of connections stay ordered
// over a kill -9. Written before anything is served.
Result<std::uint64_t> next_boot_number(const std::filesystem::path& folder);

}  // namespace lifeline::app
