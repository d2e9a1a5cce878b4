#include "api/transcript_tail.h"

namespace lifeline::api {

void transcript_tail::write(contract::JsonWriter& json, const transcript::Fold& fold) {
    json.array();
    for (const auto& utterance : fold.utterances()) {
        // It began before the events that were looked at, and only its end is among them.
        if (utterance.speaker.empty()) continue;
        json.object();
        json.key("utteranceId").value(utterance.id);
        json.key("participantId").value(utterance.participant_id);
        json.key("speaker").value(utterance.speaker);
        json.key("text").value(utterance.text);
        json.key("state").value(to_text(utterance.progress));
        json.end();
    }
    json.end();
}

}  // namespace lifeline::api
