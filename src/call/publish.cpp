#include <fmt/format.h>

#include "call/action_rules.h"
#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;
namespace field = contract::field;

// What a client says of itself must be of itself; a service speaks for its provider's lines.
Result<void> about_itself(const State& state, const Event& event, const Command& from) {
    if (from.role == Role::service) {
        for (const std::string_view key : {"participantId", "by"}) {
            const auto named = event.find_text(key);
            if (named && state.participant(*named) == nullptr)
                return fail(Code::not_found, "participant_not_found",
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
        // Of the provider's line; what becomes of sockets the server sees for itself.
        case EventType::call_reconnecting:
            return state.held_by_provider() && state.connected_at &&
                           state.phase != Phase::reconnecting
                       ? Result<void>()
                       : illegal();
        case EventType::call_reconnected:
            return state.held_by_provider() && state.phase == Phase::reconnecting ? Result<void>()
                                                                                  : illegal();
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

AnswerConfirmation answer_in(const Event& event) {
    namespace f = field::safety_confirmation_answered;
    AnswerConfirmation answer;
    answer.confirmation_id = event.text(f::confirmation_id);
    answer.decision = event.text(f::decision);
    answer.args_hash = event.text(f::args_hash);
    if (event.has(f::args)) answer.args_json = event.raw(f::args);
    if (event.has(f::reason)) answer.reason = event.text(f::reason);
    return answer;
}

Result<void> may_tell(const State& state, const Event& event, const Command& from) {
    namespace f = field::orchestration_result_delivered;
    const Action* action = state.action(event.text(f::action_id));
    if (action == nullptr)
        return fail(Code::not_found, "action_unknown", "no such action in this call",
                    "/payload/actionId");
    if (action->requester != from.actor.id && from.role != Role::server)
        return fail(Code::not_allowed, "forbidden", "another agent asked for it",
                    "/payload/actionId");
    // That nobody knows it is an outcome to be told, too.
    if (!action->is_over() && action->state != ActionState::unknown)
        return fail(Code::conflict, "action_not_ready", "it has no outcome yet",
                    "/payload/actionId");
    return {};
}

// What a client's event leads to, in the same batch.
Result<Decision> what_follows(const State& state, const Event& event, const Command& from,
                              WallTime now, const Judge& judge) {
    Decision decision;
    switch (event.type()) {
        case EventType::call_end_requested:
            end(state, end_reason(event, from), event.text(field::call_end_requested::end_detail),
                from.actor.id, now, decision.events);
            return decision;
        case EventType::call_reconnecting:
            provider_lost_line(state, now, decision.events);
            return decision;
        case EventType::call_turn_interrupted:
            interrupted(state, event, from, decision.events);
            return decision;
        case EventType::orchestration_turn_cancelled:
            turn_cancelled(state, event, from, decision.events);
            return decision;
        case EventType::orchestration_action_requested:
            return request_action(state, event, from, now, judge);
        case EventType::orchestration_action_cancel_requested:
            return cancel_action(
                state, event.text(field::orchestration_action_cancel_requested::action_id), from);
        case EventType::orchestration_action_outcome_reported:
            return outcome_reported(state, event, from, now, judge);
        case EventType::orchestration_action_progress:
            if (const auto fits = may_tell_progress(state, event, from); !fits)
                return fail(fits.error());
            return decision;
        case EventType::transcript_final: {
            auto heard_so = heard(state, event, from, now, judge);
            spoke_by_request(state, event, from, now, heard_so.events);
            return heard_so;
        }
        case EventType::orchestration_result_delivered:
            if (const auto fits = may_tell(state, event, from); !fits) return fail(fits.error());
            return decision;
        case EventType::safety_confirmation_answered:
            return answer_confirmation(state, answer_in(event), from, "ui", now, judge);
        default:
            return decision;
    }
}

}  // namespace

Result<Decision> publish(const State& state, const Publish& command, const Command& from,
                         WallTime now, const Judge& judge) {
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
    for (const auto& check :
         {about_itself(state, event, from), may_say(state, event, from),
          may_turn(state, event, from), names_the_same(state, event), fits_lifecycle(state, event),
          may_report(event), may_be_kept(state, event, from)})
        if (!check) return fail(check.error());
    return what_follows(state, event, from, now, judge);
}

}  // namespace lifeline::call::rules
