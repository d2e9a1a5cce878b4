#pragma once

#include <cstdint>
#include <filesystem>

#include "base/clock.h"
#include "base/result.h"

namespace lifeline::app {

// The number of this start: more than that of every start before it, so that generations of
// connections stay ordered over a kill -9. It is the time in seconds, or one more than the last
// where the clock has not gone on since; so a folder whose `boot` is gone, or that was made anew
// from a backup, does not give the numbers again that its clients' tokens have from before.
// Written before anything is served.
Result<std::uint64_t> next_boot_number(const std::filesystem::path& folder, WallTime now);

}  // namespace lifeline::app
