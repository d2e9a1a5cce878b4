// What a turn says, as it is shown and as it stands at the end.
#include <algorithm>
#include <utility>

#include "agent/live_turn.h"
#include "agent/spoken.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

// One delta in so much time, however many pieces the model sends.
constexpr Millis show_every{80};

}  // namespace

// The last piece may end inside a character: what is shown is whole.
void LiveTurn::say(std::string_view words) {
    text_ += words;
    if (show_timer_ != 0) return;
    // The first words are what somebody waits for; those after them come together.
    if (!utterance_begun_) {
        begin_utterance();
        show();
    }
    show_timer_ = parts_.loop.start_timer(show_every, [this] {
        show_timer_ = 0;
        show();
    });
}

void LiveTurn::show() {
    if (show_timer_ != 0) parts_.loop.cancel_timer(std::exchange(show_timer_, 0));
    const std::string_view rest = whole_characters(std::string_view(text_).substr(shown_));
    if (rest.empty()) return;
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("itemId").value("item_0");
    json.key("deltaText").value(rest).key("offset").value(shown_characters_).end();
    parts_.outbox.say(names_.event("d", static_cast<std::size_t>(deltas_++)),
                      "orchestration.turn.delta", json.take());
    shown_ += rest.size();
    shown_characters_ += static_cast<std::int64_t>(characters_in(rest));
}

void LiveTurn::begin_utterance() {
    utterance_begun_ = true;
    utterance_began_ms_ = call_millis();
    contract::JsonWriter json;
    json.object().key("utteranceId").value(names_.utterance()).key("speaker").value("agent");
    json.key("participantId").value(parts_.conversation.agent_id());
    json.key("startMs").value(utterance_began_ms_).key("turnId").value(id_).end();
    parts_.outbox.say(names_.event("speak"), "transcript.utterance.started", json.take());
}

void LiveTurn::end_utterance() {
    show();
    if (!utterance_begun_) return;
    contract::JsonWriter json;
    json.object().key("utteranceId").value(names_.utterance()).key("speaker").value("agent");
    json.key("text").value(whole_characters(text_)).key("startMs").value(utterance_began_ms_);
    json.key("endMs").value(std::max(call_millis(), utterance_began_ms_));
    json.key("source").value("llm");
    if (const std::string asked = read_back(); !asked.empty())
        json.key("confirmationId").value(asked);
    json.end();
    parts_.outbox.say(names_.event("spoken"), "transcript.final", json.take());
}

// The question that these words put to a person, so that they may answer by voice: the one that the
// model was told of before it said them. Two at once are nothing that a yes could be meant for.
std::string LiveTurn::read_back() const {
    const bool answered =
        !rounds_.empty() && rounds_.back().calls.empty() && !rounds_.back().text.empty();
    if (rounds_.size() < 2 || !answered) return {};
    std::string found;
    for (const Round& round : rounds_)
        for (const CalledTool& called : round.calls) {
            const ActionRecord* action = parts_.conversation.action(called.action_id);
            if (action == nullptr || action->state != ActionRecord::State::waiting) continue;
            if (!found.empty()) return {};
            found = action->confirmation_id;
        }
    return found;
}

}  // namespace lifeline::agent
