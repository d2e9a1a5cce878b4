#include "transcript/render.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "transcript/plain_text.h"
#include "transcript/time_text.h"

namespace lifeline::transcript {

namespace {

constexpr std::array<std::pair<std::string_view, Format>, 4> formats{
    {{"json", Format::json},
     {"text", Format::text},
     {"markdown", Format::markdown},
     {"vtt", Format::webvtt}}};

void write(contract::JsonWriter& json, const Utterance& one) {
    const auto optional = [&json](std::string_view key, const std::string& text) {
        if (!text.empty()) json.key(key).value(text);
    };
    json.object();
    json.key("utteranceId").value(one.id);
    json.key("participantId").value(one.participant_id);
    json.key("speaker").value(one.speaker);
    json.key("state").value(to_text(one.progress));
    json.key("text").value(one.text);
    json.key("startMs").value(one.start_ms);
    json.key("endMs").value(one.end_ms);
    json.key("seq").value(one.seq);
    json.key("lastSeq").value(one.last_seq);
    optional("lang", one.language);
    optional("source", one.source);
    optional("generatedText", one.generated_text);
    optional("failure", one.failure);
    if (!one.words_json.empty()) json.key("words").raw(one.words_json);
    if (one.late) json.key("late").value(true);
    if (one.corrected) json.key("corrected").value(true);
    if (!one.redactions.empty()) {
        json.key("redacted").array();
        for (const Redaction& gone : one.redactions) {
            json.object();
            json.key("from").value(gone.from);
            json.key("to").value(gone.to);
            json.key("kind").value(gone.kind);
            json.end();
        }
        json.end();
    }
    json.end();
}

// As people call whoever spoke, in one line.
std::string name_of(const Fold& fold, const Utterance& one) {
    const auto known = fold.names().find(one.participant_id);
    std::string name = plain_text(known != fold.names().end() ? known->second : one.participant_id);
    for (char& c : name)
        if (c == '\n' || c == '\t') c = ' ';
    return name;
}

// What a reader has to know about the words beside them.
std::string remark_of(const Utterance& one) {
    std::string out;
    const auto remark = [&out](std::string_view text) {
        out += out.empty() ? " (" : ", ";
        out += text;
    };
    if (one.progress == Progress::started || one.progress == Progress::partial)
        remark("not finished");
    if (one.progress == Progress::truncated) remark("cut short");
    if (one.progress == Progress::failed) remark("could not be understood");
    if (one.late) remark("came after the end");
    if (one.corrected) remark("corrected");
    if (!one.redactions.empty()) remark("parts are destroyed");
    if (!out.empty()) out += ')';
    return out;
}

// Every line of what was said begins with `indent`.
void append_lines(std::string& out, std::string_view text, std::string_view indent) {
    out += indent;
    for (const char c : text) {
        out += c;
        if (c == '\n') out += indent;
    }
    out += '\n';
}

// Markdown has a backslash for every mark of ASCII, and HTML is markup in it too.
std::string markdown_text(std::string_view text) {
    std::string out;
    for (const char c : plain_text(text)) {
        const bool mark = (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
                          (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
        if (mark) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::optional<Format> format_of(std::string_view name) {
    for (const auto& [known, format] : formats)
        if (known == name) return format;
    return std::nullopt;
}

std::string_view media_type(Format format) {
    switch (format) {
        case Format::json:
            return "application/json";
        case Format::text:
            return "text/plain; charset=utf-8";
        case Format::markdown:
            return "text/markdown; charset=utf-8";
        case Format::webvtt:
            return "text/vtt; charset=utf-8";
    }
    return "";
}

std::string to_json(const Fold& fold, const Heading& heading) {
    contract::JsonWriter json;
    json.object();
    json.key("sessionId").value(heading.session_id);
    json.key("epoch").value(heading.epoch);
    json.key("seq").value(heading.seq);
    json.key("utterances").array();
    for (const Utterance& one : fold.utterances()) write(json, one);
    json.end();
    json.end();
    return json.take();
}

std::string digest(const Fold& fold) {
    contract::JsonWriter json;
    json.array();
    for (const Utterance& one : fold.utterances()) write(json, one);
    json.end();
    return to_hex(sha256(contract::canonical_json(json.take())));
}

std::string to_plain(const Fold& fold, const Heading& heading) {
    std::string out = fmt::format("{}, up to event {}\n", heading.session_id, heading.seq);
    for (const Utterance& one : fold.utterances()) {
        out += fmt::format("\n[{}] {}{}\n", clock_text(one.start_ms), name_of(fold, one),
                           remark_of(one));
        if (!one.text.empty()) append_lines(out, plain_text(one.text), "    ");
    }
    return out;
}

std::string to_markdown(const Fold& fold, const Heading& heading) {
    std::string out = fmt::format("# Transcript of {}\n\nUp to event {}.\n",
                                  markdown_text(heading.session_id), heading.seq);
    for (const Utterance& one : fold.utterances()) {
        out += fmt::format("\n**{}** {}{}\n\n", markdown_text(name_of(fold, one)),
                           clock_text(one.start_ms), remark_of(one));
        if (!one.text.empty()) append_lines(out, markdown_text(one.text), "> ");
    }
    return out;
}

std::string render(const Fold& fold, const Heading& heading, Format format) {
    switch (format) {
        case Format::json:
            return to_json(fold, heading);
        case Format::text:
            return to_plain(fold, heading);
        case Format::markdown:
            return to_markdown(fold, heading);
        case Format::webvtt:
            return to_webvtt(fold, heading);
    }
    return {};
}

}  // namespace lifeline::transcript
