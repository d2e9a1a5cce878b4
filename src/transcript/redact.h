#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::transcript {

// `text` with its code points [from, to) made black (U+2588), one for one, so that the places of
// everything else stay as they were. What lies beyond the end is passed over.
std::string blacken(std::string_view text, std::uint64_t from, std::uint64_t to);

}  // namespace lifeline::transcript
