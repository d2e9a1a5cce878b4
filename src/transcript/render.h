#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "transcript/fold.h"

namespace lifeline::transcript {

enum class Format { json, text, markdown, webvtt };

// "json", "text", "markdown", "vtt".
std::optional<Format> format_of(std::string_view name);
std::string_view media_type(Format format);

// What a transcript is of, and up to which event.
struct Heading {
    std::string session_id;
    std::string epoch;
    std::uint64_t seq = 0;
};

// {"sessionId","epoch","seq","utterances":[...]}: everything, as it is, in one order of keys, so
// that its digest means something. For programs.
std::string to_json(const Fold& fold, const Heading& heading);

// SHA-256, in hex, of the canonical JSON (RFC 8785) of its `utterances`: the same wherever and
// whenever the transcript is read up to there, unless something of it was erased or redacted.
std::string digest(const Fold& fold);

// For people. Everything that was said is shown as words, whatever it looks like: no markup of its
// own, no line of its own making, nothing unseen.
std::string to_plain(const Fold& fold, const Heading& heading);
std::string to_markdown(const Fold& fold, const Heading& heading);
// Cues in the order of their times; what has no text has no cue.
std::string to_webvtt(const Fold& fold, const Heading& heading);

std::string render(const Fold& fold, const Heading& heading, Format format);

}  // namespace lifeline::transcript
