#include "agent/spoken.h"

#include <algorithm>

#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

// About what speech synthesis speaks.
constexpr std::int64_t characters_per_second = 15;

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::size_t size_of_character(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (byte < 0xC0) return 1;
    if (byte < 0xE0) return 2;
    return byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::string_view whole_characters(std::string_view text) {
    std::size_t last = text.size();
    while (last > 0 && text.size() - last < 3 && continues_character(text[last - 1])) --last;
    if (last == 0) return text;
    const std::size_t wanted = size_of_character(text[last - 1]);
    return text.size() - (last - 1) < wanted ? text.substr(0, last - 1) : text;
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return !continues_character(byte); }));
}

std::string heard_of(std::string_view shown, std::optional<Millis> played,
                     std::string_view channel) {
    if (!played || channel == "text") return std::string(shown);
    auto left = static_cast<std::size_t>(std::min<std::int64_t>(played->count(), 86'400'000) *
                                         characters_per_second / 1000);
    std::size_t end = 0;
    while (end < shown.size() && left > 0) {
        ++end;
        while (end < shown.size() && continues_character(shown[end])) ++end;
        --left;
    }
    // Up to the last whole word: half a word was not understood.
    if (end < shown.size()) {
        const std::size_t space = shown.substr(0, end).find_last_of(" \n");
        end = space == std::string_view::npos ? 0 : space;
    }
    return std::string(shown.substr(0, end));
}

std::string cut_payload(std::string_view utterance_id, std::string_view heard,
                        std::string_view generated, Millis played, std::string_view cause) {
    contract::JsonWriter json;
    json.object().key("utteranceId").value(utterance_id).key("heardText").value(heard);
    json.key("playedMs").value(std::max<std::int64_t>(played.count(), 0));
    json.key("generatedText").value(generated).key("cause").value(cause).end();
    return json.take();
}

std::string restarted_payload(std::string_view turn_id, Millis age) {
    contract::JsonWriter json;
    json.object().key("turnId").value(turn_id).key("durationMs").value(age.count());
    json.key("code").value("restarted");
    json.key("message").value("The server was restarted while the agent was answering.");
    json.key("retryable").value(true).end();
    return json.take();
}

std::int64_t millis_in_call(const Conversation& conversation, WallTime now) {
    if (!conversation.connected_at()) return 0;
    return std::max<std::int64_t>((now - *conversation.connected_at()).count(), 0);
}

}  // namespace lifeline::agent
