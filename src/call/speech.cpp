#include <fmt/format.h>

#include <algorithm>

#include "call/payload.h"
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

// What a client says of itself must be of itself; a service speaks for its provider's lines.
Result<void> about_itself(const State& state, const Event& event, const Command& from) {
    if (from.role == Role::service) {
        for (const std::string_view key : {"participantId", "by"}) {
            const auto named = event.find_text(key);
            if (named && state.participant(*named) == nullptr)
                return fail(Code::conflict, "participant_not_found",
                            "no such participant in this call", fmt::format("/payload/{}", key));
        }
        return {};
    }
    for (const std::string_view key : {"participantId", "by"}) {
        const auto named = event.find_text(key);
        if (named && *named != from.actor.id)
            return fail(Code::not_allowed, "not_yourself", "this must be the sender's own id",
                        fmt::format("/payload/{}", key));
    }
    return {};
}

// The provider's word for where the call is.
Result<void> fits_lifecycle(const State& state, const Event& event) {
    const auto illegal = [&] {
        return fail(Code::conflict, "illegal_transition",
                    fmt::format("{} does not fit a call that is {}, {}", event.type_name(),
                                to_text(state.status), to_text(state.phase)),
                    "/type");
    };
    switch (event.type()) {
        case EventType::call_started:
            return state.status == Status::created ? Result<void>() : illegal();
        case EventType::call_connecting:
        case EventType::call_connected:
            return state.phase == Phase::connecting ? Result<void>() : illegal();
        case EventType::call_hold_changed: {
            const bool held = event.flag(field::call_hold_changed::held);
            return state.phase == (held ? Phase::connected : Phase::held) ? Result<void>()
                                                                          : illegal();
        }
        default:
            return {};
    }
}

std::string_view end_reason(const Event& event, const Command& from) {
    const auto asked = event.text(field::call_end_requested::reason);
    // Only an operator can say that an operator stopped it.
    if (!asked.empty() && (asked != "operator_stop" || from.role == Role::operator_)) return asked;
    switch (from.role) {
        case Role::operator_:
            return "operator_stop";
        case Role::user:
            return "user_hangup";
        default:
            return "completed";
    }
}

}  // namespace

Result<Decision> publish(const State& state, const Publish& command, const Command& from,
                         WallTime now) {
    const Event& event = command.event;
    if (const auto here = in_the_call(state, from); !here) return fail(here.error());
    if (!contract::may_publish(from.role, event.type()))
        return fail(
            Code::not_allowed, "type_not_allowed",
            fmt::format("the role {} may not publish this type", contract::to_text(from.role)),
            "/type");
    if (state.over() && !contract::type_info(event.type()).may_follow_end)
        return fail(Code::gone, "session_over",
                    fmt::format("the call is {}", to_text(state.status)));
    if (state.over() && event.type() == EventType::call_end_requested) return Decision{};
    for (const auto& check : {about_itself(state, event, from), may_say(state, event, from),
                              fits_lifecycle(state, event)})
        if (!check) return fail(check.error());
    Decision decision;
    if (event.type() == EventType::call_end_requested) {
        decision.events.push_back(end(state, end_reason(event, from),
                                      event.text(field::call_end_requested::end_detail),
                                      from.actor.id, now));
    }
    return decision;
}

}  // namespace lifeline::call::rules
