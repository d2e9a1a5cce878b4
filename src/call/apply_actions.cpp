#include <algorithm>

#include "call/apply_parts.h"
#include "call/args_hash.h"
#include "contract/canonical.h"
#include "contract/json.h"

// What the events of actions and confirmations make of a call's state. An action that is not known
// was erased: what is said of it has no consequence any more.
namespace lifeline::call::folds {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;
namespace field = contract::field;

std::optional<WallTime> time_at(const Event& event, contract::Field name) {
    return event.has(name) ? parse_rfc3339(event.text(name)) : std::nullopt;
}

Action* action_of(State& state, const Event& event) {
    const auto id = event.find_text("actionId");
    return id ? state.action(*id) : nullptr;
}

void requested(State& state, const Event& event, std::string_view actor_id) {
    namespace f = field::orchestration_action_requested;
    Action action;
    action.id = event.text(f::action_id);
    action.type = event.text(f::action_type);
    action.summary = event.text(f::summary);
    action.requester = actor_id;
    if (event.has(f::requested_by)) {
        const auto by = contract::Json::parse(event.raw(f::requested_by));
        if (by) action.turn_id = by->text("turnId").value_or("");
    }
    action.args_json = event.has(f::args) ? contract::canonical_json(event.raw(f::args)) : "{}";
    action.content_digest = content_digest(action.type, action.args_json);
    if (event.has(f::idempotency_key)) action.idempotency_key = event.text(f::idempotency_key);
    action.cancel_on_interrupt =
        event.has(f::cancel_on_interrupt) && event.flag(f::cancel_on_interrupt);
    if (event.has(f::deadline_ms)) action.deadline_after = Millis{event.integer(f::deadline_ms)};
    state.actions.push_back(std::move(action));
}

// Keeps what another request or a late word is held against.
void over(Action& action, std::string_view outcome, std::string_view code = {}) {
    action.state = ActionState::over;
    action.outcome = outcome;
    action.code = code;
    action.confirmation.reset();
    action.deadline.reset();
    action.evaluate_by.reset();
    action.facts = {};
    action.retry_at.reset();
    action.probe_at.reset();
    std::string().swap(action.args_json);
}

void accepted(Action& action, const Event& event) {
    namespace f = field::orchestration_action_accepted;
    action.args_hash = event.text(f::args_hash);
    if (event.has(f::risk))
        action.risk = contract::risk_from(event.text(f::risk)).value_or(action.risk);
    if (action.deadline_after > Millis{0})
        if (const auto now = parse_rfc3339(event.ts()))
            action.deadline = *now + action.deadline_after;
    if (!event.has(f::duplicate_of)) return;
    action.duplicate_of = event.text(f::duplicate_of);
    over(action, "duplicate");
}

void close_confirmation(State& state, std::string_view id, std::string_view outcome,
                        std::string_view by) {
    for (Action& action : state.actions) {
        if (!action.confirmation || action.confirmation->id != id) continue;
        action.confirmation.reset();
        state.closed_confirmations.push_back(
            {std::string(id), action.id, std::string(outcome), std::string(by)});
    }
}

void asked(Action& action, const Event& event) {
    namespace f = field::safety_confirmation_requested;
    Confirmation confirmation;
    confirmation.id = event.text(f::confirmation_id);
    confirmation.args_hash = event.text(f::args_hash);
    confirmation.expires_at = time_at(event, f::expires_at).value_or(WallTime{});
    if (event.has(f::answerable_by))
        confirmation.by =
            confirmer_from(event.text(f::answerable_by)).value_or(Confirmer::operator_);
    confirmation.may_edit = event.raw(f::allowed_decisions).find("\"edit\"") != std::string::npos;
    confirmation.by_voice = event.text(f::channel) != "ui";
    confirmation.payload_json = event.payload_json();
    action.confirmation = std::move(confirmation);
    action.state = ActionState::awaiting_confirmation;
}

std::optional<DayCounts> counts_in(std::string_view text) {
    const auto json = contract::Json::parse(text);
    if (!json) return std::nullopt;
    const auto number = [&](std::string_view key) {
        const auto value = json->find(key);
        return value ? value->as_integer().value_or(0) : 0;
    };
    return DayCounts{number("owner"), number("account")};
}

std::optional<EngineWord> engine_in(std::string_view text) {
    const auto json = contract::Json::parse(text);
    if (!json) return std::nullopt;
    const auto outcome = json->text("outcome").value_or("");
    using Outcome = EngineWord::Outcome;
    return EngineWord{.outcome = outcome == "allow"                  ? Outcome::allow
                                 : outcome == "deny"                 ? Outcome::deny
                                 : outcome == "require_confirmation" ? Outcome::confirm
                                                                     : Outcome::unavailable,
                      .rule = std::string(json->text("rule").value_or("")),
                      .message = std::string(json->text("message").value_or(""))};
}

// One use for each action, however often it is judged.
void use_grant(State& state, Action& action, std::string_view rules) {
    const auto list = contract::Json::parse(rules);
    if (!list) return;
    constexpr std::string_view prefix = "grant:";
    for (const contract::Json& rule : list->items()) {
        const auto name = rule.as_text().value_or("");
        if (!name.starts_with(prefix)) continue;
        Grant* grant = state.grant(name.substr(prefix.size()));
        if (grant == nullptr || action.grant_id == grant->id) continue;
        ++grant->uses;
        action.grant_id = grant->id;
    }
}

void evaluated(State& state, const Event& event) {
    namespace f = field::safety_evaluated;
    const auto subject = contract::Json::parse(event.raw(f::subject));
    if (!subject) return;
    Action* action = state.action(subject->text("id").value_or(""));
    if (action == nullptr) return;
    ++action->evaluations;
    action->policy_id = event.text(f::policy_id);
    action->policy_version = event.text(f::policy_version);
    action->evaluate_by.reset();
    if (event.has(f::counts)) action->facts.counts = counts_in(event.raw(f::counts));
    if (event.has(f::engine)) action->facts.engine = engine_in(event.raw(f::engine));
    if (event.text(f::outcome) == "allow") use_grant(state, *action, event.raw(f::rules));
}

void granted(State& state, const Event& event) {
    namespace f = field::safety_grant_created;
    state.grants.push_back({.id = std::string(event.text(f::grant_id)),
                            .action_type = std::string(event.text(f::action_type)),
                            .constraint_json = contract::canonical_json(event.raw(f::constraint)),
                            .uses_max = event.has(f::max_uses) ? event.integer(f::max_uses) : 1,
                            .expires_at = time_at(event, f::expires_at).value_or(WallTime{}),
                            .by = std::string(event.text(f::by))});
}

void resolved(State& state, const Event& event) {
    namespace f = field::safety_confirmation_resolved;
    const auto by = contract::Json::parse(event.raw(f::by));
    close_confirmation(state, event.text(f::confirmation_id), event.text(f::decision),
                       by ? by->text("id").value_or("") : "");
}

// By a person, where it names the question that they answered.
void allowed(Action& action, const Event& event) {
    namespace f = field::safety_approved;
    action.approved_by.clear();
    if (!event.has(f::confirmation_id)) return;
    const auto by = contract::Json::parse(event.raw(f::by));
    if (!by) return;
    action.approved_by = by->text("id").value_or("");
    action.approved_as =
        contract::role_from(by->text("kind").value_or("")).value_or(contract::Role::user);
    action.must_ask = false;
}

void started(Action& action, const Event& event, std::uint64_t seq) {
    namespace f = field::orchestration_action_started;
    action.state = ActionState::started;
    action.attempt = static_cast<int>(event.integer(f::attempt));
    action.executor = event.text(f::executor);
    action.fence = seq;
    action.started_at = parse_rfc3339(event.ts()).value_or(WallTime{});
    action.lease_until = time_at(event, f::lease_until).value_or(action.started_at);
    action.repeatable = event.has(f::repeatable) && event.flag(f::repeatable);
    action.run_by = event.has(f::participant_id) ? event.text(f::participant_id) : "";
    action.retry_at.reset();
}

// The cause stands in the server's own event; of a participant's it follows from who they are.
void cancel_asked(State& state, const Event& event, std::string_view actor_id) {
    namespace f = field::orchestration_action_cancel_requested;
    Action* action = state.action(event.text(f::action_id));
    if (action == nullptr || action->cancel_asked()) return;
    const Participant* by = state.participant(actor_id);
    const bool by_server = event.id().starts_with("ll_");
    action->cancel_cause = by_server && event.has(f::cause) ? event.text(f::cause)
                           : by == nullptr                  ? "operator"
                           : by->role == Role::user         ? "user"
                           : by->role == Role::agent        ? "agent"
                                                            : "operator";
}

void consent(State& state, const Event& event) {
    namespace f = field::call_consent_updated;
    const auto subject = event.text(f::subject);
    const auto known = std::ranges::find(state.consents, subject, &Consent::subject);
    if (known != state.consents.end())
        known->state = event.text(f::state);
    else
        state.consents.push_back({std::string(subject), std::string(event.text(f::state))});
    Participant* person = state.participant(event.text(f::by));
    if (person != nullptr && subject == "recording")
        person->recording_agreed = event.text(f::state) == "granted";
}

// Of one action, which is there.
void of_action(Action& action, const Event& event, std::uint64_t seq) {
    switch (event.type()) {
        case EventType::orchestration_action_accepted:
            return accepted(action, event);
        case EventType::orchestration_action_rejected:
            return over(action, "rejected", event.text(field::orchestration_action_rejected::code));
        case EventType::safety_approved:
            return allowed(action, event);
        case EventType::safety_evaluation_requested:
            action.state = ActionState::evaluating;
            action.evaluate_by =
                time_at(event, field::safety_evaluation_requested::expires_at).value_or(WallTime{});
            return;
        case EventType::orchestration_action_progress:
            ++action.progress_told;
            return;
        case EventType::safety_blocked:
            return over(action, "blocked", event.text(field::safety_blocked::reason));
        case EventType::safety_confirmation_requested:
            return asked(action, event);
        case EventType::orchestration_action_args_replaced: {
            namespace f = field::orchestration_action_args_replaced;
            action.args_json = contract::canonical_json(event.raw(f::args));
            action.args_hash = event.text(f::args_hash);
            action.approved_by.clear();
            action.must_ask = true;
            action.facts.engine.reset();
            return;
        }
        case EventType::orchestration_action_approved:
            action.state = ActionState::approved;
            action.decision_id = event.text(field::orchestration_action_approved::decision_id);
            return;
        case EventType::orchestration_action_started:
            return started(action, event, seq);
        case EventType::orchestration_action_attempt_failed:
            action.state = ActionState::retrying;
            action.retry_at =
                time_at(event, field::orchestration_action_attempt_failed::will_retry_at);
            return;
        case EventType::orchestration_action_succeeded:
            return over(action, "succeeded");
        case EventType::orchestration_action_failed:
            return over(action, "failed", event.text(field::orchestration_action_failed::code));
        case EventType::orchestration_action_timed_out:
            return over(action, "timed_out");
        case EventType::orchestration_action_cancelled:
            return over(action, "cancelled",
                        event.text(field::orchestration_action_cancelled::cause));
        case EventType::orchestration_action_outcome_unknown:
            action.state = ActionState::unknown;
            action.probe_at = time_at(event, field::orchestration_action_outcome_unknown::probe_at);
            return;
        case EventType::orchestration_action_resolved:
            action.told = false;  // What it was told is not the last word.
            return over(action, "resolved",
                        event.text(field::orchestration_action_resolved::resolution));
        case EventType::orchestration_result_delivered:
            action.told |= event.text(field::orchestration_result_delivered::target) == "model";
            return;
        default:
            return;
    }
}

}  // namespace

void of_actions(State& state, const Event& event, std::string_view actor_id, std::uint64_t seq) {
    switch (event.type()) {
        case EventType::orchestration_action_requested:
            return requested(state, event, actor_id);
        case EventType::safety_evaluated:
            return evaluated(state, event);
        case EventType::safety_confirmation_resolved:
            return resolved(state, event);
        case EventType::safety_confirmation_expired:
            return close_confirmation(
                state, event.text(field::safety_confirmation_expired::confirmation_id), "expired",
                "");
        case EventType::safety_confirmation_cancelled:
            return close_confirmation(
                state, event.text(field::safety_confirmation_cancelled::confirmation_id),
                "cancelled", "");
        case EventType::safety_confirmation_superseded:
            return close_confirmation(
                state, event.text(field::safety_confirmation_superseded::confirmation_id),
                "superseded", "");
        case EventType::safety_killswitch_changed:
            if (event.text(field::safety_killswitch_changed::scope) != "session") return;
            state.killed = event.flag(field::safety_killswitch_changed::enabled);
            state.killed_by = event.text(field::safety_killswitch_changed::by);
            ++state.killswitch_changes;
            return;
        case EventType::safety_grant_created:
            return granted(state, event);
        case EventType::safety_grant_revoked:
            if (Grant* grant = state.grant(event.text(field::safety_grant_revoked::grant_id)))
                grant->revoked = true;
            return;
        case EventType::call_consent_updated:
            return consent(state, event);
        case EventType::orchestration_action_cancel_requested:
            return cancel_asked(state, event, actor_id);
        default:
            if (Action* action = action_of(state, event)) of_action(*action, event, seq);
            return;
    }
}

}  // namespace lifeline::call::folds
