// Agents' turns: what each took up, and how it ended.
#include "agent/conversation.h"

#include "agent/event_text.h"
#include "contract/json.h"

namespace lifeline::agent {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

// Turns that are over and still known, for what says something about them late.
constexpr std::size_t closed_turns_max = 64;
constexpr std::size_t shown_bytes_max = 64 * 1024;

std::vector<std::string> texts_in(std::string_view json) {
    std::vector<std::string> texts;
    if (const auto list = contract::Json::parse(json))
        for (const auto& item : list->items())
            if (item.is_text()) texts.emplace_back(*item.as_text());
    return texts;
}

}  // namespace

void Conversation::take_turn(const Event& event, std::string_view actor_id, WallTime at) {
    if (event.type() == EventType::orchestration_turn_started) return started(event, actor_id, at);
    const auto known = turns_.find(text_of(event, "turnId"));
    if (known == turns_.end()) return;
    switch (event.type()) {
        case EventType::orchestration_turn_completed:
            return ended(known->second, TurnRecord::State::completed, "", at);
        case EventType::orchestration_turn_failed:
            return ended(known->second, TurnRecord::State::failed, text_of(event, "code"), at);
        case EventType::orchestration_turn_cancelled:
            return ended(known->second, TurnRecord::State::cancelled, text_of(event, "cause"), at);
        case EventType::orchestration_turn_delta:
            if (known->second.agent_id == agent_id_ && known->second.shown.size() < shown_bytes_max)
                known->second.shown += text_of(event, "deltaText");
            return;
        default:
            return;
    }
}

void Conversation::started(const Event& event, std::string_view actor_id, WallTime at) {
    TurnRecord turn;
    turn.id = text_of(event, "turnId");
    turn.agent_id = actor_id;
    turn.inputs = texts_in(event.raw(field::orchestration_turn_started::input_utterance_ids));
    turn.began = at;
    turn.seq = seq_;
    if (event.has(field::orchestration_turn_started::attempt))
        turn.attempt = static_cast<int>(event.integer(field::orchestration_turn_started::attempt));
    if (actor_id == agent_id_) {
        ++turns_begun_;
        turns_alone_ = turn.inputs.empty() ? turns_alone_ + 1 : 0;
        for (const std::string& id : turn.inputs)
            if (const auto known = utterances_.find(id); known != utterances_.end())
                ++known->second->utterance.attempts;
        // A turn that answers nobody tells what became of actions.
        for (Entry& entry : entries_)
            if (turn.inputs.empty() && entry.kind == Kind::action &&
                entry.action.requester == agent_id_ && entry.action.is_over() && !entry.action.told)
                ++entry.action.attempts;
    }
    turns_[turn.id] = std::move(turn);
    if (turns_.size() <= closed_turns_max) return;
    auto oldest = turns_.end();
    for (auto one = turns_.begin(); one != turns_.end(); ++one)
        if (one->second.state != TurnRecord::State::open &&
            (oldest == turns_.end() || one->second.seq < oldest->second.seq))
            oldest = one;
    if (oldest != turns_.end()) turns_.erase(oldest);
}

// What was to be answered is answered, but for a turn that died with its server, and for one that
// was talked over: if the person then says nothing after all, they still wait. Who stopped it on
// purpose does not.
void Conversation::ended(TurnRecord& turn, TurnRecord::State state, std::string_view why,
                         WallTime at) {
    if (turn.state != TurnRecord::State::open) return;
    turn.state = state;
    turn.why = why;
    const bool again =
        !turn.stopped && ((state == TurnRecord::State::failed && why == "restarted") ||
                          (state == TurnRecord::State::cancelled && why != "session_end"));
    for (const std::string& id : turn.inputs)
        if (const auto known = utterances_.find(id); known != utterances_.end() && !again)
            known->second->utterance.answered = true;
    if (turn.agent_id != agent_id_) return;
    if (state == TurnRecord::State::completed) failures_in_a_row_ = 0;
    if (state == TurnRecord::State::failed && why != "restarted") {
        ++failures_in_a_row_;
        failed_at_ = at;
    }
}

}  // namespace lifeline::agent
