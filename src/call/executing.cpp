#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/args_hash.h"
#include "call/deadlines.h"
#include "call/rules.h"
#include "contract/json.h"

namespace lifeline::call::rules {

namespace {

using Outcome = FinishAction::Outcome;
namespace reported = contract::field::orchestration_action_outcome_reported;

// For what may be on its way still.
constexpr Millis probe_pause = std::chrono::seconds(1);

std::unexpected<Error> unknown_action() {
    return fail(Code::not_found, "action_unknown", "no such action in this call",
                "/payload/actionId");
}

// Doubles from one second to half a minute; a tool that says how long to wait is believed.
Millis pause_before_retry(const Action& action, Millis asked) {
    const Millis doubled = std::chrono::seconds(1) * (1 << std::clamp(action.attempt - 1, 0, 5));
    return std::max(std::min(doubled, Millis{30'000}), asked);
}

// Only what is read-only or declared idempotent is tried again, and nothing that is not wanted any
// more. A tool that is not known yet (its server says only later what it offers) is what it was.
bool may_try_again(const State& state, const Action& action, const std::optional<ToolFacts>& tool,
                   WallTime at) {
    const bool repeatable =
        tool ? tool->repeatable && action.attempt < tool->attempts : action.repeatable;
    return repeatable && state.open() && !state.killed && !action.cancel_asked() &&
           (!action.deadline || at < *action.deadline);
}

// Whose app runs a client tool: the owner's, or that of the user who is there where a backend owns
// the call.
std::string_view who_runs(const State& state) {
    if (owner_is_a_person(state)) return state.owner_id;
    std::string_view first;
    for (const Participant& one : state.participants) {
        if (one.role != contract::Role::user || one.removed || is_key(one.id)) continue;
        if (one.connected) return one.id;
        if (first.empty()) first = one.id;
    }
    return first;
}

// Of those who may speak of a client's attempt: whoever it was given to, and never the agent that
// wants it done.
Result<void> may_speak_of(const Action& action, const Command& from) {
    const bool theirs =
        action.run_by.empty() ? action.requester != from.actor.id : action.run_by == from.actor.id;
    if (action.executor == client_executor && theirs) return {};
    return fail(Code::not_allowed, "forbidden", "this action is not executed by the sender",
                "/payload/actionId");
}

void failed_attempt(const State& state, const Action& action, std::string_view code,
                    std::string_view message, bool retry, Millis after, WallTime now,
                    const Judge& judge, std::vector<ServerEvent>& events) {
    const WallTime retry_at = later(now, pause_before_retry(action, after));
    if (retry && may_try_again(state, action, judge.tool(action.type), retry_at))
        events.push_back(events::attempt_failed(action, code, message, retry_at));
    else
        events.push_back(events::failed(action, code, message));
}

// It may have happened. Tried again only where that is as good as once; and when that did not help,
// what changes nothing has failed, and of everything else nobody knows.
void lost_outcome(const State& state, const Action& action, std::string_view code,
                  std::string_view message, WallTime now, const Judge& judge,
                  std::vector<ServerEvent>& events) {
    const auto tool = judge.tool(action.type);
    const WallTime retry_at = later(now, pause_before_retry(action, Millis{0}));
    if (may_try_again(state, action, tool, retry_at) || action.risk == contract::Risk::read_only)
        failed_attempt(state, action, code, message, true, Millis{0}, now, judge, events);
    else
        events.push_back(events::outcome_unknown(
            action, message,
            tool && tool->probed ? std::optional(later(now, probe_pause)) : std::nullopt));
}

// A late word about what was given up: it says what became of it, and nothing is tried again.
void late_word(const Action& action, const FinishAction& how, std::string_view by,
               std::vector<ServerEvent>& events) {
    if (how.outcome == Outcome::unknown) return;
    ResolveAction word;
    word.action_id = action.id;
    word.resolution = how.outcome == Outcome::succeeded ? "succeeded"
                      : how.outcome == Outcome::failed  ? "failed"
                                                        : "not_executed";
    word.evidence = how.outcome == Outcome::succeeded ? how.summary : how.message;
    if (word.evidence.empty()) word.evidence = "the executor answered late";
    if (how.outcome == Outcome::succeeded) {
        word.result_json = how.result_json;
        word.effect_id = how.effect_id;
    }
    events.push_back(events::resolved(action, word, by));
}

}  // namespace

Result<Decision> claim_action(const State& state, const ClaimAction& claim, WallTime now,
                              const Judge& judge) {
    const Action* action = state.action(claim.action_id);
    if (action == nullptr) return unknown_action();
    if (!claimable(*action) || now < action->retry_at.value_or(now))
        return fail(Code::conflict, "action_not_ready", "the action cannot be claimed now");
    Decision decision;
    if (action->deadline && now >= *action->deadline) {
        decision.events.push_back(events::timed_out(*action));
        return decision;
    }
    // What was approved is what is executed, to the byte: also if a bug or a hand in the journal
    // would have it otherwise.
    if (args_hash(action->id, action->type, action->args_json) != action->args_hash) {
        decision.events.push_back(events::failed(*action, "args_changed",
                                                 "these are not the arguments that were approved"));
        return decision;
    }
    const auto tool = judge.tool(action->type);
    if (!tool) {
        decision.events.push_back(
            events::failed(*action, "unknown_type", "the tool is not configured any more"));
        return decision;
    }
    if (const auto fits = judge.check_args(action->type, action->args_json); !fits) {
        decision.events.push_back(events::failed(*action, "args_invalid", fits.error().detail));
        return decision;
    }
    const Ruling ruling = ruling_on(state, *action, now, judge);
    // Asks for what is not known yet, too: counts or an engine that the policy did not have before.
    if (!lets_begin(state, ruling, *action) || !judge.needs(action->type).met_by(action->facts)) {
        judge_action(*action, ruling, now, judge, decision.events);
        return decision;
    }
    // The same evaluation once more is no news; under another policy or grant it is.
    const bool by_another_grant = std::ranges::any_of(ruling.rules, [&](std::string_view rule) {
        return rule.starts_with("grant:") && rule.substr(6) != action->grant_id;
    });
    if (ruling.policy_version != action->policy_version || by_another_grant)
        decision.events.push_back(events::evaluated(*action, action->evaluations + 1, ruling));
    // An app's own word is as late as it is said: its time is the tool's, and no longer.
    const bool by_client = tool->executor == client_executor;
    const Millis lease = by_client ? tool->timeout : std::max(claim.lease, tool->timeout);
    decision.events.push_back(events::started(
        *action, *tool, by_client ? who_runs(state) : std::string_view(), later(now, lease)));
    return decision;
}

Result<Decision> finish_action(const State& state, const FinishAction& how, const Command& from,
                               WallTime now, const Judge& judge) {
    const Action* action = state.action(how.action_id);
    if (action == nullptr) return unknown_action();
    if (action->is_over())
        return fail(Code::conflict, "action_closed", "the action has its outcome");
    if (how.attempt != action->attempt || how.fence != action->fence)
        return fail(Code::conflict, "attempt_stale", "another attempt has taken its place");
    Decision decision;
    if (action->state == ActionState::unknown) {
        late_word(*action, how, from.actor.id, decision.events);
        return decision;
    }
    if (action->state != ActionState::started)
        return fail(Code::conflict, "action_not_ready", "this attempt is over");
    switch (how.outcome) {
        case Outcome::succeeded:
            decision.events.push_back(events::succeeded(*action, how));
            break;
        case Outcome::failed:
            failed_attempt(state, *action, how.code, how.message, how.may_retry, how.retry_after,
                           now, judge, decision.events);
            break;
        case Outcome::unknown:
            lost_outcome(state, *action, how.code, how.message, now, judge, decision.events);
            break;
        case Outcome::cancelled:
            decision.events.push_back(events::cancelled(
                *action, action->cancel_asked() ? action->cancel_cause : "operator"));
            break;
    }
    return decision;
}

Result<Decision> outcome_reported(const State& state, const contract::Event& event,
                                  const Command& from, WallTime now, const Judge& judge) {
    const Action* action = state.action(event.text(reported::action_id));
    if (action == nullptr) return unknown_action();
    if (const auto theirs = may_speak_of(*action, from); !theirs && !action->is_over())
        return fail(theirs.error());
    FinishAction how;
    how.action_id = action->id;
    how.attempt = static_cast<int>(event.integer(reported::attempt));
    how.fence = static_cast<std::uint64_t>(event.integer(reported::fence));
    how.took = std::max(now - action->started_at, Millis{0});
    if (event.has(reported::error)) {
        const auto error = contract::Json::parse(event.raw(reported::error));
        how.outcome = Outcome::failed;
        how.code = error ? error->text("code").value_or("failed") : "failed";
        how.message = error ? error->text("message").value_or("failed") : "failed";
    } else {
        how.outcome = Outcome::succeeded;
        how.result_json = event.has(reported::result) ? event.raw(reported::result) : "{}";
    }
    return finish_action(state, how, Command{how, {"server", "lifeline"}, contract::Role::server},
                         now, judge);
}

Result<Decision> report_progress(const State& state, const ReportProgress& progress) {
    const Action* action = state.action(progress.action_id);
    if (action == nullptr) return unknown_action();
    if (action->state != ActionState::started || action->fence != progress.fence)
        return fail(Code::conflict, "attempt_stale", "this attempt is over");
    return Decision{{events::progress(*action, progress.message, progress.percent)}};
}

Result<void> may_tell_progress(const State& state, const contract::Event& event,
                               const Command& from) {
    namespace told = contract::field::orchestration_action_progress;
    const Action* action = state.action(event.text(told::action_id));
    if (action == nullptr) return unknown_action();
    if (const auto theirs = may_speak_of(*action, from); !theirs) return fail(theirs.error());
    if (action->state == ActionState::started) return {};
    return fail(Code::conflict, "action_not_ready", "it does not run", "/payload/actionId");
}

Result<Decision> resolve_action(const State& state, const ResolveAction& how, const Command& from) {
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    const Action* action = state.action(how.action_id);
    if (action == nullptr) return unknown_action();
    if (action->is_over())
        return fail(Code::conflict, "action_closed", "the action has its outcome");
    if (action->state != ActionState::unknown)
        return fail(Code::conflict, "action_not_ready", "its outcome is not unknown");
    return Decision{{events::resolved(*action, how, from.actor.id)}};
}

void executor_lost(const State& state, const Action& action, WallTime now, const Judge& judge,
                   std::vector<ServerEvent>& events) {
    lost_outcome(state, action, "executor_lost",
                 "the executor was lost after the action had started", now, judge, events);
}

}  // namespace lifeline::call::rules
