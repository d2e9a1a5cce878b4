#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline::speech {

// As much as one request may bring: a minute of speech as browsers record it is a third of that.
inline constexpr std::size_t recording_bytes_max = 1 << 20;
inline constexpr Millis recording_max = std::chrono::seconds(120);

struct Format {
    std::string_view media_type;
    std::string_view extension;  // Recognisers go by the file's name.
};

// "audio/webm;codecs=opus" is audio/webm; nothing for what is no recording.
std::optional<Format> format_of(std::string_view content_type);

// What a person said, as their browser recorded it.
struct Recording {
    std::string id = {};  // Of what is said in it.
    std::string bytes;
    Format format;
    std::string language = {};  // A BCP 47 tag; empty where that is not known.
};

}  // namespace lifeline::speech
