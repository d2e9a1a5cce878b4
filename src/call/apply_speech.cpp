#include <algorithm>

#include "call/apply_parts.h"
#include "call/state.h"

// What was said: whose each utterance is, whether it is over, and which text it has.
namespace lifeline::call {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

OpenUtterance& speaks(State& state, std::string_view utterance_id, std::string_view speaker_id,
                      std::int64_t rev) {
    const auto open = std::ranges::find(state.open_utterances, utterance_id, &OpenUtterance::id);
    if (open == state.open_utterances.end())
        return state.open_utterances.emplace_back(
            OpenUtterance{std::string(utterance_id), std::string(speaker_id), rev});
    open->rev = std::max(open->rev, rev);
    return *open;
}

// Whatever else the agent's side says, the question that it read back is not the last word any
// more.
void agent_speaks(State& state, const Event& event, contract::Field utterance,
                  contract::Field speaker) {
    if (state.read_back && event.text(speaker) == "agent" &&
        event.text(utterance) != state.read_back->utterance_id)
        state.read_back.reset();
}

void begins(State& state, const Event& event, std::string_view actor_id, std::uint64_t seq) {
    namespace f = field::transcript_utterance_started;
    agent_speaks(state, event, f::utterance_id, f::speaker);
    OpenUtterance& open = speaks(state, event.text(f::utterance_id), actor_id, -1);
    open.began = seq;
    open.start_ms = event.integer(f::start_ms);
    open.participant = event.text(f::participant_id);
}

void goes_on(State& state, const Event& event, std::string_view actor_id) {
    namespace f = field::transcript_partial;
    agent_speaks(state, event, f::utterance_id, f::speaker);
    speaks(state, event.text(f::utterance_id), actor_id, event.integer(f::rev));
}

std::uint32_t starter_place(State& state, std::string_view starter) {
    const auto found = std::ranges::find(state.starters, starter);
    const auto place = static_cast<std::uint32_t>(found - state.starters.begin());
    if (found == state.starters.end()) state.starters.emplace_back(starter);
    return place;
}

// It is over, by whoever said so; its starter stays whoever began it.
void spoke(State& state, std::string_view utterance_id, std::string_view speaker_id) {
    const OpenUtterance* open = state.open_utterance(utterance_id);
    const std::string starter = open != nullptr ? open->starter : std::string(speaker_id);
    std::erase_if(state.open_utterances,
                  [&](const OpenUtterance& one) { return one.id == utterance_id; });
    state.closed_utterances.push_back({id_hash(utterance_id), 0, starter_place(state, starter)});
}

void has_text(State& state, std::string_view utterance_id, std::uint64_t digest) {
    const std::uint64_t hash = id_hash(utterance_id);
    const auto latest =
        std::find_if(state.closed_utterances.rbegin(), state.closed_utterances.rend(),
                     [&](const ClosedUtterance& closed) { return closed.id_hash == hash; });
    if (latest != state.closed_utterances.rend()) latest->text_digest = digest;
}

// The agent's final text that names an open question reads it back, if it is the one who asks.
void reads_back(State& state, const Event& event, std::string_view actor_id, std::uint64_t seq) {
    namespace f = field::transcript_final;
    if (event.text(f::speaker) != "agent") return;
    state.read_back.reset();
    if (!event.has(f::confirmation_id)) return;
    const Action* action = state.action_asking(event.text(f::confirmation_id));
    const Participant* speaker = state.participant(actor_id);
    const bool another = speaker != nullptr && action != nullptr && action->requester != actor_id;
    if (action == nullptr || another) return;
    state.read_back = ReadBack{action->confirmation->id, std::string(event.text(f::utterance_id)),
                               seq, event.integer(f::end_ms)};
}

// Nobody will hear or understand the rest, so no final text need come; nor was it heard as a
// question.
void cut_off(State& state, std::string_view utterance_id, std::string_view by) {
    if (state.read_back && state.read_back->utterance_id == utterance_id) state.read_back.reset();
    if (state.open_utterance(utterance_id) != nullptr) spoke(state, utterance_id, by);
}

}  // namespace

void folds::of_speech(State& state, const Event& event, std::string_view actor_id,
                      std::uint64_t seq) {
    switch (event.type()) {
        case EventType::transcript_utterance_started:
            return begins(state, event, actor_id, seq);
        case EventType::transcript_partial:
            return goes_on(state, event, actor_id);
        case EventType::transcript_final: {
            namespace f = field::transcript_final;
            reads_back(state, event, actor_id, seq);
            spoke(state, event.text(f::utterance_id), actor_id);
            return has_text(state, event.text(f::utterance_id), text_digest(event.text(f::text)));
        }
        case EventType::transcript_truncated: {
            namespace f = field::transcript_truncated;
            cut_off(state, event.text(f::utterance_id), actor_id);
            return has_text(state, event.text(f::utterance_id),
                            text_digest(event.text(f::heard_text)));
        }
        case EventType::transcript_corrected: {
            namespace f = field::transcript_corrected;
            return has_text(state, event.text(f::utterance_id), text_digest(event.text(f::text)));
        }
        case EventType::transcript_redacted:
            // What is left of it is not kept here, so nothing is corrected any more.
            return has_text(state, event.text(field::transcript_redacted::utterance_id), 0);
        default:
            if (event.has(field::transcript_failed::utterance_id))
                cut_off(state, event.text(field::transcript_failed::utterance_id), actor_id);
    }
}

}  // namespace lifeline::call
