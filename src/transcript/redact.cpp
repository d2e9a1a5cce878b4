#include "transcript/redact.h"

namespace lifeline::transcript {

namespace {

constexpr std::string_view black = "\xE2\x96\x88";

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

std::string blacken(std::string_view text, std::uint64_t from, std::uint64_t to) {
    std::string out;
    out.reserve(text.size());
    std::uint64_t point = 0;
    for (std::size_t at = 0; at < text.size(); ++point) {
        std::size_t end = at + 1;
        while (end < text.size() && continues(text[end])) ++end;
        out += point >= from && point < to ? black : text.substr(at, end - at);
        at = end;
    }
    return out;
}

}  // namespace lifeline::transcript
