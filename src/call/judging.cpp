#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/deadlines.h"

namespace lifeline::call::rules {

namespace {

// Where the policy does not say: long enough to find the phone.
constexpr Millis answer_within = std::chrono::minutes(5);

std::int64_t count_before(const State& state, const Action& action) {
    std::int64_t count = 0;
    for (const Action& one : state.actions)
        if (one.id != action.id && one.type == action.type && one.outcome != "rejected" &&
            one.outcome != "duplicate")
            ++count;
    return count;
}

Ruling denied(Ruling ruling, std::string_view rule, std::string_view reason,
              std::string_view message) {
    ruling.outcome = Ruling::Outcome::deny;
    ruling.rules.emplace_back(rule);
    ruling.reason = reason;
    ruling.message = message;
    return ruling;
}

void ask(const Action& action, const Ruling& ruling, WallTime now, const Judge& judge,
         std::vector<ServerEvent>& events) {
    const std::uint32_t evaluation = action.evaluations + 1;
    const Millis within = ruling.confirm_within > Millis{0} ? ruling.confirm_within : answer_within;
    const WallTime expires_at = later(now, within);
    const Shown shown = judge.show(action.type, action.summary, action.args_json);
    if (action.confirmation)
        events.push_back(
            events::confirmation_superseded(action, events::confirmation_id(action, evaluation)));
    events.push_back(events::confirmation_requested(action, evaluation, ruling, shown, expires_at));
    events.push_back(events::awaiting(action, evaluation, ruling.message, expires_at));
}

}  // namespace

Ruling ruling_on(const State& state, const Action& action, const Judge& judge) {
    const Participant* requester = state.participant(action.requester);
    Ruling ruling =
        judge.rule({.action_type = action.type,
                    .risk = action.risk,
                    .role = requester != nullptr ? requester->role : contract::Role::service,
                    .requester_id = action.requester,
                    .session_id = state.id,
                    .account_id = state.account_id,
                    .args_json = action.args_json,
                    .count_in_call = count_before(state, action),
                    .consents = state.consents});
    if (state.killed)
        return denied(std::move(ruling), "killswitch", "killswitch",
                      "Actions are switched off in this call.");
    if (ruling.outcome == Ruling::Outcome::confirm &&
        !somebody_may_confirm(state, ruling.confirm_by))
        return denied(std::move(ruling), "nobody_to_confirm", "nobody_to_confirm",
                      "Nobody who may confirm this is in the call.");
    return ruling;
}

void judge_action(const State& state, const Action& action, Asking asking, WallTime now,
                  const Judge& judge, std::vector<ServerEvent>& events) {
    Ruling ruling = ruling_on(state, action, judge);
    if (asking == Asking::in_any_case && ruling.outcome == Ruling::Outcome::allow)
        ruling.outcome = Ruling::Outcome::confirm;
    follow_ruling(action, ruling, now, judge, events);
}

void follow_ruling(const Action& action, const Ruling& ruling, WallTime now, const Judge& judge,
                   std::vector<ServerEvent>& events) {
    const std::uint32_t evaluation = action.evaluations + 1;
    events.push_back(events::evaluated(action, evaluation, ruling));
    switch (ruling.outcome) {
        case Ruling::Outcome::allow:
            events.push_back(events::allowed_by_policy(action, evaluation, ruling));
            events.push_back(events::approved(action, events::decision_id(action, evaluation)));
            return;
        case Ruling::Outcome::confirm:
            return ask(action, ruling, now, judge, events);
        case Ruling::Outcome::deny:
            if (action.confirmation)
                events.push_back(events::confirmation_cancelled(action, "policy"));
            events.push_back(events::blocked(action, evaluation, ruling));
            return;
    }
}

}  // namespace lifeline::call::rules
