#include <algorithm>

#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;
namespace field = contract::field;

// Utterances begun and not finished, in one call: more than all its participants could be saying.
constexpr std::size_t open_utterances_max = 256;

std::unexpected<Error> conflict(std::string_view reason, std::string detail,
                                std::string pointer = "/payload/utteranceId") {
    return fail(Code::conflict, reason, std::move(detail), std::move(pointer));
}

bool closed(const State& state, std::string_view utterance_id) {
    const auto& closed = state.closed_utterances;
    // The latest are asked for most.
    return std::find(closed.rbegin(), closed.rend(), utterance_hash(utterance_id)) != closed.rend();
}

const OpenUtterance* open(const State& state, std::string_view utterance_id) {
    const auto found = std::ranges::find(state.open_utterances, utterance_id, &OpenUtterance::id);
    return found == state.open_utterances.end() ? nullptr : &*found;
}

// An utterance belongs to whoever published its first event; a service speaks for every line.
Result<void> may_continue(const State& state, std::string_view utterance_id, const Command& from) {
    if (closed(state, utterance_id))
        return conflict("utterance_closed", "this utterance has its final text");
    const OpenUtterance* known = open(state, utterance_id);
    if (known == nullptr && state.open_utterances.size() >= open_utterances_max)
        return fail(Code::overloaded, "limit_exceeded",
                    "too many utterances of this call have no final text");
    if (known != nullptr && known->starter != from.actor.id && from.role != Role::service)
        return fail(Code::not_allowed, "utterance_not_yours",
                    "only its starter may continue an utterance", "/payload/utteranceId");
    return {};
}

}  // namespace

Result<void> may_say(const State& state, const Event& event, const Command& from) {
    switch (event.type()) {
        case EventType::transcript_utterance_started: {
            const auto id = event.text(field::transcript_utterance_started::utterance_id);
            if (open(state, id) != nullptr)
                return conflict("utterance_exists", "this utterance has begun already");
            return may_continue(state, id, from);
        }
        case EventType::transcript_partial: {
            const auto id = event.text(field::transcript_partial::utterance_id);
            if (const auto allowed = may_continue(state, id, from); !allowed) return allowed;
            const OpenUtterance* known = open(state, id);
            if (known != nullptr && event.integer(field::transcript_partial::rev) <= known->rev)
                return conflict("revision_stale", "rev must grow from one partial to the next",
                                "/payload/rev");
            return {};
        }
        case EventType::transcript_final:
            return may_continue(state, event.text(field::transcript_final::utterance_id), from);
        default:
            return {};
    }
}

}  // namespace lifeline::call::rules
