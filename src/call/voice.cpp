#include "call/action_rules.h"
#include "contract/event.h"

// A spoken yes. It counts only as the answer to a question that was just read back: from the owner,
// in an utterance that began after the agent had finished and before it said anything else, in its
// final text, and only if that is an explicit yes and nothing besides. The agent's own echo, a yes
// to something else, somebody else's yes and "yes, but" are none of that, and nothing follows from
// them.
namespace lifeline::call::rules {

namespace {

namespace field = contract::field::transcript_final;
using contract::Role;

// Whoever is heard in that utterance is the owner: by themselves, or by a service of their line.
bool owner_speaks(const State& state, const OpenUtterance& utterance, const Command& from) {
    const Participant* owner = state.participant(state.owner_id);
    if (owner == nullptr || owner->role != Role::user || owner->removed) return false;
    if (utterance.participant != owner->id) return false;
    return from.actor.id == owner->id || from.role == Role::service;
}

bool was_spoken(const contract::Event& event) {
    if (event.text(field::speaker) != "user") return false;
    if (event.has(field::late) && event.flag(field::late)) return false;
    return !event.has(field::source) || event.text(field::source) == "stt";
}

// The action whose question this utterance may answer.
const Action* asked_about(const State& state, const contract::Event& event, const Command& from) {
    if (!state.read_back || !was_spoken(event)) return nullptr;
    const Action* action = state.action_asking(state.read_back->confirmation_id);
    if (action == nullptr || !action->confirmation->by_voice ||
        action->confirmation->by == Confirmer::operator_)
        return nullptr;
    const OpenUtterance* utterance = state.open_utterance(event.text(field::utterance_id));
    if (utterance == nullptr || !owner_speaks(state, *utterance, from)) return nullptr;
    // By the order of the stream, and by the clock of the line: a final text may come before it has
    // been played.
    if (utterance->began <= state.read_back->seq) return nullptr;
    if (utterance->start_ms < state.read_back->end_ms) return nullptr;
    return action;
}

}  // namespace

Decision heard(const State& state, const contract::Event& event, const Command& from, WallTime now,
               const Judge& judge) {
    const Action* action = asked_about(state, event, from);
    if (action == nullptr || now >= action->confirmation->expires_at) return {};
    const std::string_view lang =
        event.has(field::lang) ? event.text(field::lang) : std::string_view();
    Command owner{Publish{event}, {"user", state.owner_id}, Role::user};
    const std::string_view utterance = event.text(field::utterance_id);
    switch (judge.spoken(event.text(field::text), lang)) {
        case Spoken::yes:
            return approve(*action, owner, "voice", {}, utterance);
        case Spoken::no:
            return deny(*action, owner, "voice", {}, utterance);
        case Spoken::neither:
            break;
    }
    return {};
}

}  // namespace lifeline::call::rules
