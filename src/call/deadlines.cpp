#include "call/deadlines.h"

#include <algorithm>

#include "call/action_rules.h"
#include "call/decide.h"
#include "call/payload.h"
#include "call/rules.h"

namespace lifeline::call {

WallTime later(WallTime from, Millis after) {
    return after > WallTime::max() - std::max(from, WallTime{}) ? WallTime::max() : from + after;
}

bool waits_for_a_line(const State& state) {
    return state.status == Status::active && state.connected_at &&
           state.reconnect_window > Millis{0} && !state.held_by_provider();
}

Deadlines deadlines(const State& state) {
    Deadlines due;
    if (!state.open()) return due;
    if (!state.connected_at) {
        if (state.connect_timeout > Millis{0})
            due.connect = later(state.created_at, state.connect_timeout);
        return due;
    }
    if (state.max_duration > Millis{0}) {
        due.duration = later(*state.connected_at, state.max_duration);
        const Millis lead = std::min(duration_warning_lead, state.max_duration / 10);
        if (!state.duration_warned) due.warning = *due.duration - lead;
    }
    if (state.outage) {
        due.window = state.outage->deadline;
    } else if (waits_for_a_line(state) && !state.somebody_is_here()) {
        // Nobody ever came, or they speak by requests.
        due.window = later(state.spoke_at.value_or(*state.connected_at), state.reconnect_window);
    }
    return due;
}

namespace {

// Also after the call's end: what was started then still has its lease.
WallTime next_of_actions(const State& state) {
    WallTime next = WallTime::max();
    for (const Action& action : state.actions) {
        if (action.is_over() || action.state == ActionState::unknown) continue;
        if (action.state == ActionState::started) {
            next = std::min(next, action.lease_until);
            continue;
        }
        if (action.deadline) next = std::min(next, *action.deadline);
        if (action.evaluate_by) next = std::min(next, *action.evaluate_by);
        if (action.confirmation) next = std::min(next, action.confirmation->expires_at);
    }
    return next;
}

}  // namespace

WallTime next_deadline(const State& state) {
    const Deadlines due = deadlines(state);
    WallTime next = WallTime::max();
    for (const auto& one : {due.connect, due.window, due.warning, due.duration})
        next = std::min(next, one.value_or(WallTime::max()));
    return std::min(next, next_of_actions(state));
}

namespace rules {

Result<Decision> time_passed(const State& state, WallTime now, const Judge& judge) {
    const Deadlines due = deadlines(state);
    const auto passed = [&](const std::optional<WallTime>& one) { return one && now >= *one; };
    Decision decision;
    if (passed(due.connect)) {
        fail_call(state, "connect_timeout", "nobody connected in time", now, decision.events);
        return decision;
    } else if (passed(due.window)) {
        fail_call(state, "reconnect_window_expired", "nobody came back in time", now,
                  decision.events);
        return decision;
    } else if (passed(due.duration)) {
        end(state, "timeout", "the longest duration was reached", "", now, decision.events);
        return decision;
    } else if (passed(due.warning)) {
        decision.events.push_back({"ll_warned_max_duration",
                                   contract::EventType::call_deadline_warning,
                                   Payload()
                                       .text("callId", state.id)
                                       .text("deadlineAt", format_rfc3339(*due.duration))
                                       .integer("remainingMs", (*due.duration - now).count())
                                       .text("kind", "max_duration")
                                       .take()});
    }
    actions_time_passed(state, now, judge, decision.events);
    return decision;
}

}  // namespace rules

}  // namespace lifeline::call
