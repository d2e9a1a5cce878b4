#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "transcript/plain_text.h"
#include "transcript/render.h"
#include "transcript/time_text.h"

// WebVTT, as https://www.w3.org/TR/webvtt1/ has it.
namespace lifeline::transcript {

namespace {

// A cue ends at the first empty line, and its text is markup.
std::string cue_words(std::string_view text) {
    std::string out;
    for (const char c : plain_text(text)) {
        if (c == '\n' && (out.empty() || out.back() == '\n')) continue;
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    while (out.ends_with('\n')) out.pop_back();
    return out;
}

std::string in_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

}  // namespace

std::string to_webvtt(const Fold& fold, const Heading& heading) {
    std::string out =
        fmt::format("WEBVTT\n\nNOTE\n{} up to event {}\n", heading.session_id, heading.seq);
    std::vector<const Utterance*> cues;
    for (const Utterance& one : fold.utterances())
        if (!one.text.empty()) cues.push_back(&one);
    std::ranges::sort(cues, {},
                      [](const Utterance* one) { return std::pair(one->start_ms, one->seq); });
    for (const Utterance* one : cues) {
        const auto known = fold.names().find(one->participant_id);
        const auto& name = known != fold.names().end() ? known->second : one->participant_id;
        // A cue is longer than nothing, or players leave it out.
        out += fmt::format("\n{} --> {}\n<v {}>{}\n", cue_text(one->start_ms),
                           cue_text(std::max(one->end_ms, one->start_ms + 1)),
                           in_one_line(cue_words(name)), cue_words(one->text));
    }
    return out;
}

}  // namespace lifeline::transcript
