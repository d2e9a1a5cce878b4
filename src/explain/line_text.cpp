#include "explain/line_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "transcript/plain_text.h"

namespace lifeline::explain {

std::string line_text(std::string_view text) {
    std::string out = transcript::plain_text(text);
    std::ranges::replace_if(out, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return out;
}

std::string line_text(std::string_view text, std::size_t points_max) {
    std::size_t points = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && ++points > points_max) return line_text(text.substr(0, at)) + "…";
    }
    return line_text(text);
}

std::string duration_text(Millis time) {
    if (time < Millis{0}) return "-" + duration_text(-time);
    const auto ms = time.count();
    const auto seconds = ms / 1'000;
    if (ms < 1'000) return fmt::format("{} ms", ms);
    if (seconds < 60) return fmt::format("{}.{} s", seconds, ms % 1'000 / 100);
    if (seconds < 3'600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3'600, seconds / 60 % 60);
}

}  // namespace lifeline::explain
