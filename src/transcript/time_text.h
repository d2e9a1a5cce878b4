#pragma once

#include <cstdint>
#include <string>

namespace lifeline::transcript {

std::string clock_text(std::int64_t ms);  // 01:02:03
std::string cue_text(std::int64_t ms);    // 01:02:03.004, as WebVTT wants it

}  // namespace lifeline::transcript
