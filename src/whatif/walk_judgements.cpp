// What the other policy is asked, and when.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call/action_rules.h"
#include "whatif/walk.h"

namespace lifeline::whatif {

namespace {

using Outcome = call::Ruling::Outcome;
namespace field = contract::field;

Ruled ruled_by(const call::Ruling& ruling) {
    return {.outcome = ruling.outcome,
            .rules = ruling.rules,
            .policy = fmt::format("{} {}", ruling.policy_id, ruling.policy_version),
            .confirm_by = ruling.outcome == Outcome::confirm
                              ? std::string(call::to_text(ruling.confirm_by))
                              : std::string()};
}

WallTime time_of(const Recorded& recorded) {
    return parse_rfc3339(recorded.event->ts()).value_or(recorded.at);
}

Comparison row_of(const call::Action& action, const Recorded& recorded) {
    return {.session_id = std::string(recorded.stream),
            .seq = recorded.seq,
            .at = recorded.at,
            .action_id = action.id,
            .action_type = action.type};
}

// The question as it was put, told by its hash: a tool may have been riskier by then than when the
// action was accepted, which only the hash knows. Nothing where none of them is the one.
std::optional<call::Action> as_asked(const call::State& state, call::Action action,
                                     const Evaluation& evaluation, WallTime now,
                                     const call::Judge& judge) {
    using Risk = contract::Risk;
    const Risk accepted = action.risk;
    for (const Risk risk : {Risk::read_only, Risk::low_risk_write, Risk::high_risk_external_send}) {
        if (risk < accepted) continue;
        action.risk = risk;
        const call::Ruling ruling = call::rules::ruling_on(state, action, now, judge);
        if (ruling.inputs_hash == evaluation.inputs_hash) return action;
    }
    return std::nullopt;
}

}  // namespace

void Walk::judged(OfCall& call, const Recorded& recorded) {
    auto evaluation = read_evaluation(*recorded.event);
    if (!evaluation) return;
    const call::Action* action = call.state->action(evaluation->action_id);
    call::Action gone;  // Its request was erased.
    gone.id = evaluation->action_id;
    Comparison row = row_of(action != nullptr ? *action : gone, recorded);
    row.recorded = evaluation->ruled;
    if (action != nullptr)
        row.would = asked_again(call, *action, *evaluation, recorded, row.why_unknown);
    else
        row.why_unknown = "what was asked for was erased";
    if (!in_time(recorded)) return;
    if (const auto last = call.last.find(row.action_id); last != call.last.end())
        last->second.open = comparisons_.size();
    comparisons_.push_back(std::move(row));
}

std::optional<Ruled> Walk::asked_again(OfCall& call, const call::Action& action,
                                       const Evaluation& evaluation, const Recorded& recorded,
                                       std::string& why_unknown) {
    call.last.erase(action.id);
    const WallTime now = time_of(recorded);
    call::Action recalled = action;
    recalled.facts = facts_of(*recorded.event, action);
    auto asked = as_asked(*call.state, std::move(recalled), evaluation, now, *judge_);
    if (!asked) {
        why_unknown = call.lost ? "something that it rested on was erased"
                                : "what it rested on cannot be made again from the journal";
        return std::nullopt;
    }
    // No policy says otherwise.
    if (evaluation.stopped) return evaluation.ruled;
    const bool counts_missing =
        judge_->needs(action.type).counts && !asked->facts.counts.has_value();
    const bool engine_silent = asked->facts.engine && asked->facts.engine->outcome ==
                                                          call::EngineWord::Outcome::unavailable;
    const bool waits_in_vain = evaluation.in_vain && (counts_missing || engine_silent);
    if (counts_missing && !waits_in_vain) {
        asked->facts.counts = counts_.with(recorded.at, {.account_id = call.account_id,
                                                         .owner_id = call.owner_id,
                                                         .action_type = action.type,
                                                         .session_id = recorded.stream,
                                                         .action_id = action.id});
        if (!asked->facts.counts) {
            why_unknown = "something of that day was erased, so nobody knows how many there were";
            return std::nullopt;
        }
    }
    const call::Ruling ruling = call::rules::ruling_on(*call.state, *asked, now, *judge_);
    Ruled ruled = ruled_by(ruling);
    if (waits_in_vain) {
        ruled.outcome = Outcome::deny;
        ruled.confirm_by.clear();
        ruled.rules.emplace_back("evaluation_timeout");
    }
    call.last[action.id] = {
        .outcome = ruled.outcome, .risk = asked->risk, .facts = asked->facts, .open = std::nullopt};
    return ruled;
}

// A claim is judged, too, and recorded only where it is judged by another policy than before: what
// began did so by a judgement that was no news. By the other policy it may be one, since consents,
// people and grants may have changed.
void Walk::began(OfCall& call, const Recorded& recorded) {
    namespace f = field::orchestration_action_started;
    const call::Action* action = call.state->action(recorded.event->text(f::action_id));
    if (action == nullptr || !in_time(recorded)) return;
    const auto last = call.last.find(action->id);
    if (last == call.last.end()) return;
    call::Action asked = *action;
    asked.risk = last->second.risk;
    asked.facts = last->second.facts;
    const call::Ruling ruling =
        call::rules::ruling_on(*call.state, asked, time_of(recorded), *judge_);
    if (ruling.outcome == last->second.outcome ||
        call::rules::lets_begin(*call.state, ruling, asked))
        return;
    last->second.outcome = ruling.outcome;
    Comparison row = row_of(*action, recorded);
    row.moment = Comparison::Moment::begun;
    row.recorded = Ruled{.outcome = Outcome::allow,
                         .rules = {},
                         .policy = fmt::format("{} {}", action->policy_id, action->policy_version)};
    if (call.lost)
        row.why_unknown = "something that it rested on was erased";
    else
        row.would = ruled_by(ruling);
    comparisons_.push_back(std::move(row));
}

void Walk::asked_whom(OfCall& call, const contract::Event& event) {
    namespace f = field::safety_confirmation_requested;
    const auto last = call.last.find(event.text(f::action_id));
    if (last == call.last.end() || !last->second.open || !event.has(f::answerable_by)) return;
    comparisons_[*last->second.open].recorded->confirm_by = event.text(f::answerable_by);
    last->second.open.reset();
}

void Walk::over_unjudged(const call::Action& action, const Recorded& recorded) {
    if (!in_time(recorded)) return;
    Comparison row = row_of(action, recorded);
    row.why_unknown = "it was over before it was judged";
    comparisons_.push_back(std::move(row));
}

}  // namespace lifeline::whatif
