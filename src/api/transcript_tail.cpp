#include "api/transcript_tail.h"

#include <algorithm>

namespace lifeline::api {

namespace {

using contract::EventType;

bool is_of_an_utterance(EventType type) {
    switch (type) {
        case EventType::transcript_utterance_started:
        case EventType::transcript_partial:
        case EventType::transcript_final:
        case EventType::transcript_truncated:
        case EventType::transcript_corrected:
        case EventType::transcript_failed:
            return true;
        default:
            return false;
    }
}

}  // namespace

void TranscriptTail::take(const contract::Event& event, std::string_view actor_id) {
    if (!is_of_an_utterance(event.type())) return;
    const auto id = event.find_text("utteranceId");
    if (!id || id->empty()) return;
    Utterance& utterance = find(*id, actor_id);
    const auto set = [&event](std::string& into, std::string_view name) {
        if (const auto text = event.find_text(name)) into = *text;
    };
    set(utterance.speaker, "speaker");
    set(utterance.participant_id, "participantId");
    const bool settled = utterance.state == "final" || utterance.state == "truncated";
    switch (event.type()) {
        case EventType::transcript_partial:
            if (settled) break;
            set(utterance.text, "text");
            utterance.state = "partial";
            break;
        case EventType::transcript_final:
            // What was cut short stays so: its final text was generated and not heard.
            if (settled) break;
            set(utterance.text, "text");
            utterance.state = "final";
            break;
        case EventType::transcript_truncated:
            set(utterance.text, "heardText");
            utterance.state = "truncated";
            break;
        case EventType::transcript_corrected:
            set(utterance.text, "text");
            break;
        case EventType::transcript_failed:
            if (!settled) utterance.state = "failed";
            break;
        default:
            break;
    }
    drop_oldest();
}

TranscriptTail::Utterance& TranscriptTail::find(std::string_view id, std::string_view actor_id) {
    // The one spoken now is nearly always among the last.
    const auto known = std::find_if(utterances_.rbegin(), utterances_.rend(),
                                    [id](const Utterance& one) { return one.id == id; });
    if (known != utterances_.rend()) return *known;
    Utterance& begun = utterances_.emplace_back();
    begun.id = id;
    begun.participant_id = actor_id;
    return begun;
}

void TranscriptTail::drop_oldest() {
    while (utterances_.size() > utterances_max) utterances_.pop_front();
    std::size_t bytes = 0;
    for (const auto& utterance : utterances_) bytes += utterance.text.size();
    while (bytes > bytes_max) {
        bytes -= utterances_.front().text.size();
        utterances_.pop_front();
    }
}

void TranscriptTail::write(contract::JsonWriter& json) const {
    json.array();
    for (const auto& utterance : utterances_) {
        json.object();
        json.key("utteranceId").value(utterance.id);
        json.key("participantId").value(utterance.participant_id);
        json.key("speaker").value(utterance.speaker);
        json.key("text").value(utterance.text);
        json.key("state").value(utterance.state);
        json.end();
    }
    json.end();
}

}  // namespace lifeline::api
