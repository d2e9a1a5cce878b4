#include "call/consent.h"

#include <algorithm>

#include "call/rules.h"

namespace lifeline::call {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;

std::unexpected<Error> refused() {
    return fail(Code::not_allowed, "consent_required",
                "they have not consented to being recorded, and the call keeps no words without");
}

// Users are asked. Agents are programs, and operators are of the account that demands it.
bool agreed(const Participant& one) {
    return one.role != Role::user || one.recording_agreed;
}

// Of everybody who is here. The owner counts without having been: a service may hold their line. Of
// a backend's own call with nobody in it, the backend has to say that its line agreed.
bool all_agreed(const State& state) {
    const bool owner_counts = rules::owner_is_a_person(state);
    const auto here = [&](const Participant& one) {
        return one.role == Role::user && !one.removed &&
               (one.joined || (owner_counts && one.id == state.owner_id));
    };
    if (std::ranges::none_of(state.participants, here)) {
        const Participant* owner = state.participant(state.owner_id);
        return owner != nullptr && owner->recording_agreed;
    }
    return std::ranges::all_of(state.participants,
                               [&](const Participant& one) { return !here(one) || agreed(one); });
}

bool speaks_for_others(Role role) {
    return role == Role::service || role == Role::server;
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

// A backend's key is heard by nobody, even where it owns the call.
const Participant* voice_of(const State& state, std::string_view id) {
    return rules::is_key(id) ? nullptr : state.participant(id);
}

// Who is heard in what a service says: whoever it named, when the utterance began or now. Null
// where nobody was named.
const Participant* named_in(const State& state, const Event& event) {
    const auto id = event.find_text("utteranceId");
    if (const OpenUtterance* open = id ? state.open_utterance(*id) : nullptr)
        return voice_of(state, open->participant.empty() ? open->starter : open->participant);
    if (const ClosedUtterance* closed = id ? state.closed_utterance(*id) : nullptr)
        return voice_of(state, state.starters[closed->starter]);
    const auto named = event.find_text("participantId");
    return named ? voice_of(state, *named) : nullptr;
}

}  // namespace

Result<void> may_be_kept(const State& state, std::string_view sender_id, Role role) {
    if (!state.recording_consent_required) return {};
    if (speaks_for_others(role)) {
        if (all_agreed(state)) return {};
        return refused();
    }
    if (role != Role::user) return {};
    const Participant* sender = state.participant(sender_id);
    if (sender != nullptr && agreed(*sender)) return {};
    return refused();
}

// Words of nobody in particular, and a recording of the line, are of everybody who is here.
Result<void> rules::may_be_kept(const State& state, const Event& event, const Command& from) {
    if (!state.recording_consent_required) return {};
    if (event.type() == EventType::call_recording_started) {
        if (all_agreed(state)) return {};
        return refused();
    }
    if (!is_of_words(event.type())) return {};
    if (speaks_for_others(from.role)) {
        if (const Participant* one = named_in(state, event)) {
            if (agreed(*one)) return {};
            return refused();
        }
        if (event.find_text("speaker") == "agent") return {};
    }
    return call::may_be_kept(state, from.actor.id, from.role);
}

}  // namespace lifeline::call
