#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline::metering {

// A UTC hour, which is what usage is cut at and charged by: a window.
using Hour = std::chrono::sys_time<std::chrono::hours>;

Hour hour_of(WallTime time);
// "2026-02-16T10:00Z"
std::string to_text(Hour hour);
// The way back; nothing for anything else.
std::optional<Hour> parse_hour(std::string_view text);

}  // namespace lifeline::metering
