#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace lifeline::app {

// From when on: "7d" before `now` (also s, m, h, w), or a time of RFC 3339 in UTC. query_invalid
// for anything else.
Result<WallTime> read_since(std::string_view text, WallTime now);

}  // namespace lifeline::app
