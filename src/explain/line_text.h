#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline::explain {

// Text of strangers in one line of a terminal: what would steer it, hide or turn the writing around
// is shown as what it is (transcript/plain_text.h), line ends and tabs are spaces.
std::string line_text(std::string_view text);
// No more than `points_max` characters of it.
std::string line_text(std::string_view text, std::size_t points_max);

// "812 ms", "3.2 s", "4 min 5 s", "2 h 3 min"; "-" before a negative one.
std::string duration_text(Millis time);

}  // namespace lifeline::explain
