#pragma once

#include <string>
#include <string_view>

namespace lifeline::call {

// No more than `bytes_max` bytes of it, and no half of a character: what a screen shows and nobody
// acts on, where an event has less room than its source.
inline std::string cut_text(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    std::size_t end = bytes_max - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "...";
}

}  // namespace lifeline::call
