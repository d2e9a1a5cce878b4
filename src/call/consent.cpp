#include <algorithm>

#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;

bool is_a_person(const Participant& participant) {
    return participant.role != Role::agent && !participant.removed;
}

bool is_of_words(EventType type) {
    switch (type) {
        case EventType::transcript_utterance_started:
        case EventType::transcript_partial:
        case EventType::transcript_final:
        case EventType::transcript_truncated:
        case EventType::transcript_corrected:
            return true;
        default:
            return false;
    }
}

// Whose words they are: the sender's own; of a provider's line, whoever it named when they began.
// Null where nobody was named.
const Participant* whose(const State& state, const Event& event, const Command& from) {
    if (const Participant* sender = state.participant(from.actor.id)) return sender;
    if (const auto named = event.find_text("participantId")) return state.participant(*named);
    const auto utterance = event.find_text("utteranceId");
    const OpenUtterance* open = utterance ? state.open_utterance(*utterance) : nullptr;
    return open != nullptr ? state.participant(open->participant) : nullptr;
}

}  // namespace

// Words of nobody in particular, and a recording of the line, are of everybody who is here.
Result<void> may_be_kept(const State& state, const Event& event, const Command& from) {
    if (!state.recording_consent_required) return {};
    const bool words = is_of_words(event.type());
    if (!words && event.type() != EventType::call_recording_started) return {};
    if (words && event.find_text("speaker") == "agent") return {};
    const auto agreed = [](const Participant& one) {
        return one.role == Role::agent || one.recording_agreed;
    };
    const Participant* one = words ? whose(state, event, from) : nullptr;
    const auto missing = [&](const Participant& each) {
        return is_a_person(each) && each.joined && !each.recording_agreed;
    };
    if (one != nullptr ? agreed(*one) : std::ranges::none_of(state.participants, missing))
        return {};
    return fail(Code::not_allowed, "consent_required",
                "they have not consented to being recorded, and the call keeps no words without");
}

}  // namespace lifeline::call::rules
