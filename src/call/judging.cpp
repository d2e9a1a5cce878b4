#include <fmt/format.h>

#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/deadlines.h"

namespace lifeline::call::rules {

namespace {

// Where the policy does not say: long enough to find the phone.
constexpr Millis answer_within = std::chrono::minutes(5);

// Those that were asked for before it: what came later takes nothing from it.
std::int64_t count_before(const State& state, const Action& action) {
    std::int64_t count = 0;
    for (const Action& one : state.actions) {
        if (one.id == action.id) break;
        if (one.type == action.type && one.outcome != "rejected" && one.outcome != "duplicate")
            ++count;
    }
    return count;
}

// What it was accepted as, or what its tool is by now, if that is worse.
contract::Risk risk_of(const Action& action, const Judge& judge) {
    const auto tool = judge.tool(action.type);
    return tool ? std::max(action.risk, tool->risk) : action.risk;
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

Ruling ruling_on(const State& state, const Action& action, WallTime now, const Judge& judge) {
    Ruling ruling = judge.rule({.action_type = action.type,
                                .risk = risk_of(action, judge),
                                // Only agents ask, whoever they are beside it.
                                .role = contract::Role::agent,
                                .requester_id = action.requester,
                                .session_id = state.id,
                                .account_id = state.account_id,
                                .args_json = action.args_json,
                                .count_in_call = count_before(state, action),
                                .consents = state.consents,
                                .facts = action.facts});
    if (state.killed) {
        ruling.stopped = true;
        return denied(std::move(ruling), "killswitch", "killswitch",
                      "Actions are switched off in this call.");
    }
    if (ruling.outcome == Ruling::Outcome::confirm && ruling.confirm_by != Confirmer::operator_) {
        if (const Grant* grant = grant_for(state, action, now)) {
            ruling.outcome = Ruling::Outcome::allow;
            ruling.rules.push_back(fmt::format("grant:{}", grant->id));
        }
    }
    // What a person typed is not yet what they saw as it would be sent.
    if (ruling.outcome == Ruling::Outcome::allow && action.must_ask)
        ruling.outcome = Ruling::Outcome::confirm;
    if (ruling.outcome == Ruling::Outcome::confirm &&
        !somebody_may_confirm(state, ruling.confirm_by))
        return denied(std::move(ruling), "nobody_to_confirm", "nobody_to_confirm",
                      "Nobody who may confirm this is in the call.");
    return ruling;
}

bool lets_begin(const State& state, const Ruling& ruling, const Action& action) {
    if (ruling.outcome == Ruling::Outcome::allow) return true;
    return ruling.outcome == Ruling::Outcome::confirm && !action.approved_by.empty() &&
           may_confirm(state, ruling.confirm_by, action.approved_by, action.approved_as);
}

void judge_action(const Action& action, const Ruling& ruling, WallTime now, const Judge& judge,
                  std::vector<ServerEvent>& events) {
    const Needs needs = judge.needs(action.type);
    if (ruling.stopped || needs.met_by(action.facts))
        return follow_ruling(action, ruling, now, judge, events);
    // What is open asks about something that will be judged anew.
    if (action.confirmation) events.push_back(events::confirmation_cancelled(action, "edited"));
    events.push_back(events::evaluation_requested(action, action.evaluations + 1, needs,
                                                  later(now, needs.within)));
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

Result<Decision> assess_action(const State& state, const AssessAction& found, WallTime now,
                               const Judge& judge) {
    const Action* action = state.action(found.action_id);
    if (action == nullptr)
        return fail(Code::not_found, "action_unknown", "no such action in this call");
    if (action->state != ActionState::evaluating || now >= action->evaluate_by.value_or(now) ||
        found.decision_id != events::decision_id(*action, action->evaluations + 1))
        return fail(Code::conflict, "action_not_ready", "it does not wait for this any more");
    Action judged = *action;
    judged.facts = found.facts;
    if (!judge.needs(action->type).met_by(judged.facts))
        return fail(Code::conflict, "action_not_ready", "it waits for something else by now");
    Ruling ruling = ruling_on(state, judged, now, judge);
    ruling.took = found.took;
    Decision decision;
    // A person has said yes to these very arguments already; what was asked for was only whether
    // the policy has nothing against it.
    if (ruling.outcome == Ruling::Outcome::confirm && lets_begin(state, ruling, judged)) {
        const std::uint32_t evaluation = judged.evaluations + 1;
        decision.events.push_back(events::evaluated(judged, evaluation, ruling));
        decision.events.push_back(
            events::approved(judged, events::decision_id(judged, evaluation)));
        return decision;
    }
    follow_ruling(judged, ruling, now, judge, decision.events);
    return decision;
}

// Silence is no: of an engine that does not answer, and of counts that nobody has.
void assess_in_vain(const State& state, const Action& action, WallTime now, const Judge& judge,
                    std::vector<ServerEvent>& events) {
    const bool engine = judge.needs(action.type).engine;
    Action judged = action;
    if (engine) judged.facts.engine = EngineWord{};
    const Ruling ruling = denied(ruling_on(state, judged, now, judge), "evaluation_timeout",
                                 engine ? "policy_engine_unavailable" : "counts_unavailable",
                                 "It could not be judged in time.");
    follow_ruling(judged, ruling, now, judge, events);
}

}  // namespace lifeline::call::rules
