#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/payload.h"
#include "call/rules.h"
#include "call/server_id.h"

namespace lifeline::call::rules {

namespace {

using contract::EventType;
using contract::Role;
namespace interruption = contract::field::call_turn_interrupted;

bool not_begun(const Action& action) {
    return !action.is_over() && action.state != ActionState::started &&
           action.state != ActionState::unknown;
}

void stop(const Action& action, std::string_view cause, std::vector<ServerEvent>& events) {
    if (action.confirmation) events.push_back(events::confirmation_cancelled(action, cause));
    events.push_back(events::cancelled(action, cause));
}

std::string_view cause_of(Role role) {
    switch (role) {
        case Role::user:
            return "user";
        case Role::agent:
            return "agent";
        default:
            return "operator";
    }
}

// What runs already is asked to stop.
void stop_asked_by(const State& state, std::string_view turn, const Command& from,
                   std::vector<ServerEvent>& events) {
    for (const Action& action : state.actions) {
        if (!action.cancel_on_interrupt || action.turn_id != turn) continue;
        // An agent is interrupted in its own turns.
        if (from.role == Role::agent && action.requester != from.actor.id) continue;
        if (not_begun(action))
            stop(action, "barge_in", events);
        else if (action.state == ActionState::started && !action.cancel_asked())
            events.push_back(events::cancel_asked(action, "barge_in"));
    }
}

}  // namespace

// What has started is asked to stop, and ends as its executor says.
Result<Decision> cancel_action(const State& state, std::string_view action_id,
                               const Command& from) {
    if (const auto here = in_the_call(state, from); !here) return fail(here.error());
    const Action* action = state.action(action_id);
    if (action == nullptr)
        return fail(Code::not_found, "action_unknown", "no such action in this call",
                    "/payload/actionId");
    if (from.role == Role::agent && action->requester != from.actor.id)
        return fail(Code::not_allowed, "forbidden", "an agent stops its own actions only",
                    "/payload/actionId");
    if (action->is_over())
        return fail(Code::conflict, "action_closed", "the action has its outcome",
                    "/payload/actionId");
    Decision decision;
    const bool published = std::holds_alternative<Publish>(from.request);
    if (!published && !action->cancel_asked())
        decision.events.push_back(events::cancel_asked(*action, cause_of(from.role)));
    if (not_begun(*action)) stop(*action, cause_of(from.role), decision.events);
    return decision;
}

// Who talks over the agent does not want what it was about to do; a false alarm changes nothing.
void interrupted(const State& state, const contract::Event& event, const Command& from,
                 std::vector<ServerEvent>& events) {
    if (event.has(interruption::resumed) && event.flag(interruption::resumed)) return;
    stop_asked_by(state, event.text(interruption::turn_id), from, events);
}

// The same by whoever notices first: an app says that it was interrupted, an agent that it stopped.
void turn_cancelled(const State& state, const contract::Event& event, const Command& from,
                    std::vector<ServerEvent>& events) {
    namespace f = contract::field::orchestration_turn_cancelled;
    if (event.text(f::cause) == "barge_in")
        stop_asked_by(state, event.text(f::turn_id), from, events);
}

void close_what_is_open(const State& state, WallTime now, std::vector<ServerEvent>& events) {
    for (const Action& action : state.actions)
        if (not_begun(action)) stop(action, "session_end", events);
    for (const OpenTurn& turn : state.open_turns)
        events.push_back({server_id("turn_over", turn.id), EventType::orchestration_turn_cancelled,
                          Payload()
                              .text("turnId", turn.id)
                              .integer("durationMs", std::max(now - turn.since, Millis{0}).count())
                              .text("cause", "session_end")
                              .take()});
}

void actions_time_passed(const State& state, WallTime now, const Judge& judge,
                         std::vector<ServerEvent>& events) {
    for (const Action& action : state.actions) {
        if (action.is_over()) continue;
        if (action.state == ActionState::started) {
            if (now >= action.lease_until) executor_lost(state, action, now, judge, events);
        } else if (not_begun(action) && action.deadline && now >= *action.deadline) {
            if (action.confirmation)
                events.push_back(events::confirmation_cancelled(action, "deadline"));
            events.push_back(events::timed_out(action));
        } else if (action.evaluate_by && now >= *action.evaluate_by) {
            assess_in_vain(state, action, now, judge, events);
        } else if (action.confirmation && now >= action.confirmation->expires_at) {
            events.push_back(events::confirmation_expired(action));
            events.push_back(events::cancelled(action, "expired"));
        }
    }
}

Result<Decision> set_kill_switch(const State& state, const SetKillSwitch& command,
                                 const Command& from) {
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    // A stop of the owner's that an operator wants, too, is the operator's from then on.
    const bool takes_over = command.enabled && state.killed && from.role != Role::user &&
                            state.killed_by == state.owner_id;
    if (state.killed == command.enabled && !takes_over) return Decision{};
    // What somebody else has stopped, an operator for one, is not the owner's to let go on.
    if (!command.enabled && from.role == Role::user && state.killed_by != from.actor.id)
        return fail(Code::not_allowed, "forbidden",
                    "only who has switched it on, a service or an operator may switch it off");
    return Decision{{{server_id("killswitch", state.killswitch_changes + 1),
                      EventType::safety_killswitch_changed,
                      Payload()
                          .text("scope", "session")
                          .flag("enabled", command.enabled)
                          .text("by", from.actor.id)
                          .text("reason", command.reason)
                          .text("subject", state.id)
                          .take()}}};
}

}  // namespace lifeline::call::rules
