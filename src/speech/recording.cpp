#include "speech/recording.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lifeline::speech {

namespace {

// What browsers record, and what the recognisers of that API say they take.
constexpr std::array known{
    Format{"audio/webm", "webm"}, Format{"video/webm", "webm"}, Format{"audio/ogg", "ogg"},
    Format{"audio/mp4", "m4a"},   Format{"audio/x-m4a", "m4a"}, Format{"audio/mpeg", "mp3"},
    Format{"audio/wav", "wav"},   Format{"audio/wave", "wav"},  Format{"audio/x-wav", "wav"},
    Format{"audio/flac", "flac"},
};

}  // namespace

std::optional<Format> format_of(std::string_view content_type) {
    std::string_view media_type = content_type.substr(0, content_type.find(';'));
    while (media_type.ends_with(' ')) media_type.remove_suffix(1);
    std::string lower(media_type);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find(known, lower, &Format::media_type);
    if (found == known.end()) return std::nullopt;
    return *found;
}

}  // namespace lifeline::speech
