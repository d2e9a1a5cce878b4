#include "transcript/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace lifeline::transcript {

namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

// Controls, direction marks and overrides, zero-width characters, tags, and separators that look
// like line ends; not the joiners that emoji and some scripts cannot do without.
constexpr std::array unseen{Range{0x00, 0x08},     Range{0x0B, 0x1F},     Range{0x7F, 0x9F},
                            Range{0xAD, 0xAD},     Range{0x34F, 0x34F},   Range{0x61C, 0x61C},
                            Range{0x115F, 0x1160}, Range{0x17B4, 0x17B5}, Range{0x180B, 0x180F},
                            Range{0x200B, 0x200B}, Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
                            Range{0x2060, 0x206F}, Range{0x3164, 0x3164}, Range{0xFEFF, 0xFEFF},
                            Range{0xFFA0, 0xFFA0}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE0FFF}};

bool is_unseen(std::uint32_t point) {
    return std::ranges::any_of(
        unseen, [point](const Range& one) { return point >= one.first && point <= one.last; });
}

// The code point at `at` of well-formed UTF-8, and how many bytes it has.
std::uint32_t point_at(std::string_view text, std::size_t at, std::size_t& bytes) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    bytes = std::min(bytes, text.size() - at);
    std::uint32_t point = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i)
        point = (point << 6U) | (static_cast<std::uint8_t>(text[at + i]) & 0x3FU);
    return point;
}

}  // namespace

std::string plain_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t bytes = 1;
        const std::uint32_t point = point_at(text, at, bytes);
        if (point == '\r') {
            if (at + 1 == text.size() || text[at + 1] != '\n') out += '\n';
        } else if (is_unseen(point)) {
            out += fmt::format("⟨U+{:04X}⟩", point);
        } else {
            out += text.substr(at, bytes);
        }
        at += bytes;
    }
    return out;
}

}  // namespace lifeline::transcript
