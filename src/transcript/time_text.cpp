#include "transcript/time_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeline::transcript {

std::string clock_text(std::int64_t ms) {
    const std::int64_t seconds = std::max<std::int64_t>(ms, 0) / 1'000;
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

std::string cue_text(std::int64_t ms) {
    return fmt::format("{}.{:03}", clock_text(ms), std::max<std::int64_t>(ms, 0) % 1'000);
}

}  // namespace lifeline::transcript
