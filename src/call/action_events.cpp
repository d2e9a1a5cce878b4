#include "call/action_events.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "call/cut_text.h"
#include "call/payload.h"
#include "call/server_id.h"
#include "contract/form.h"

namespace lifeline::call::events {

namespace {

using contract::EventType;

// "dec_" and half a digest: an id may be no longer than an id, whatever the actionId is.
std::string derived(std::string_view prefix, const Action& action, std::uint32_t evaluation) {
    const Digest digest = sha256(fmt::format("{}{}:{}", prefix, action.id, evaluation));
    return fmt::format("{}{}", prefix, to_hex({digest.data(), 16}));
}

std::string actor_json(const contract::Actor& actor) {
    contract::JsonWriter json;
    json.object().key("kind").value(actor.kind).key("id").value(actor.id).end();
    return json.take();
}

std::string over_id(const Action& action) {
    return end_event_id(action.id);
}

// What an executor or an app says goes into an event whatever it is: an outcome is never lost
// because it was said badly.
std::string_view word_of(std::string_view code) {
    return contract::matches(contract::Form::code, code) ? code : "failed";
}
std::string said(std::string_view message) {
    return message.empty() ? "nothing was said" : cut_text(message, 1024);
}
std::string result_that_fits(std::string_view json) {
    constexpr std::size_t result_bytes_max = 16 * 1024;
    return json.size() <= result_bytes_max ? std::string(json) : R"({"truncated":true})";
}

std::string_view outcome_word(Ruling::Outcome outcome) {
    switch (outcome) {
        case Ruling::Outcome::allow:
            return "allow";
        case Ruling::Outcome::deny:
            return "deny";
        case Ruling::Outcome::confirm:
            return "require_confirmation";
    }
    return "deny";
}

std::string counts_json(const Facts& facts) {
    if (!facts.counts) return {};
    contract::JsonWriter json;
    json.object();
    json.key("owner").value(facts.counts->owner);
    json.key("account").value(facts.counts->account);
    json.end();
    return json.take();
}

std::string_view engine_outcome(EngineWord::Outcome outcome) {
    switch (outcome) {
        case EngineWord::Outcome::allow:
            return "allow";
        case EngineWord::Outcome::deny:
            return "deny";
        case EngineWord::Outcome::confirm:
            return "require_confirmation";
        case EngineWord::Outcome::unavailable:
            break;
    }
    return "unavailable";
}

std::string engine_json(const Facts& facts) {
    if (!facts.engine) return {};
    contract::JsonWriter json;
    json.object();
    json.key("outcome").value(engine_outcome(facts.engine->outcome));
    if (contract::matches(contract::Form::id, facts.engine->rule))
        json.key("rule").value(facts.engine->rule);
    if (!facts.engine->message.empty())
        json.key("message").value(cut_text(facts.engine->message, 1024));
    json.end();
    return json.take();
}

}  // namespace

std::string decision_id(const Action& action, std::uint32_t evaluation) {
    return derived("dec_", action, evaluation);
}

std::string answer_event_id(std::string_view action_id) {
    return server_id("act_ack", action_id);
}

std::string end_event_id(std::string_view action_id) {
    return server_id("act_over", action_id);
}

ServerEvent accepted(const Action& action, std::string_view policy_version) {
    return {answer_event_id(action.id), EventType::orchestration_action_accepted,
            Payload()
                .text("actionId", action.id)
                .text("argsHash", action.args_hash)
                .text("policyVersion", policy_version)
                .text("risk", contract::to_text(action.risk))
                .text("actionType", action.type)
                .optional("duplicateOf", action.duplicate_of)
                .take()};
}

ServerEvent rejected(std::string_view action_id, std::string_view code, std::string_view message) {
    return {answer_event_id(action_id), EventType::orchestration_action_rejected,
            Payload()
                .text("actionId", action_id)
                .text("code", code)
                .text("message", cut_text(message, 1024))
                .take()};
}

ServerEvent evaluation_requested(const Action& action, std::uint32_t evaluation, const Needs& needs,
                                 WallTime evaluate_by) {
    contract::JsonWriter words;
    words.array();
    if (needs.counts) words.value("counts");
    if (needs.engine) words.value("engine");
    words.end();
    return {server_id("evaluating", action.id, evaluation), EventType::safety_evaluation_requested,
            Payload()
                .text("actionId", action.id)
                .text("decisionId", decision_id(action, evaluation))
                .text("argsHash", action.args_hash)
                .raw("needs", words.take())
                .text("expiresAt", format_rfc3339(evaluate_by))
                .take()};
}

// Judged within the decision itself it took no time that could be told.
ServerEvent evaluated(const Action& action, std::uint32_t evaluation, const Ruling& ruling) {
    contract::JsonWriter subject;
    subject.object().key("kind").value("action").key("id").value(action.id).end();
    contract::JsonWriter rules;
    rules.array();
    for (const std::string& rule : ruling.rules) rules.value(rule);
    rules.end();
    return {server_id("evaluated", action.id, evaluation), EventType::safety_evaluated,
            Payload()
                .text("decisionId", decision_id(action, evaluation))
                .raw("subject", subject.take())
                .text("outcome", outcome_word(ruling.outcome))
                .text("policyId", ruling.policy_id)
                .text("policyVersion", ruling.policy_version)
                .raw("rules", rules.take())
                .text("inputsHash", ruling.inputs_hash)
                .integer("latencyMs", std::max(ruling.took, Millis{0}).count())
                .flag("automatic", true)
                .optional("requestedBy", action.requester)
                .raw("counts", counts_json(action.facts))
                .raw("engine", engine_json(action.facts))
                .take()};
}

ServerEvent blocked(const Action& action, std::uint32_t evaluation, const Ruling& ruling) {
    return {over_id(action), EventType::safety_blocked,
            Payload()
                .text("policyId", ruling.policy_id)
                .text("reason", ruling.reason)
                .text("decision", "blocked")
                .text("decisionId", decision_id(action, evaluation))
                .text("actionId", action.id)
                .flag("appealable", false)
                .optional("userMessage", ruling.message)
                .take()};
}

ServerEvent allowed_by_policy(const Action& action, std::uint32_t evaluation,
                              const Ruling& ruling) {
    return {server_id("allowed", action.id, evaluation), EventType::safety_approved,
            Payload()
                .text("policyId", ruling.policy_id)
                .text("decision", "approved")
                .text("decisionId", decision_id(action, evaluation))
                .text("actionId", action.id)
                .raw("by", actor_json({"server", ruling.policy_id}))
                .text("argsHash", action.args_hash)
                .take()};
}

ServerEvent allowed_by_person(const Action& action, const contract::Actor& by) {
    return {server_id("allowed", action.id, action.evaluations), EventType::safety_approved,
            Payload()
                .text("policyId", action.policy_id)
                .text("decision", "approved")
                .text("decisionId", decision_id(action, action.evaluations))
                .text("actionId", action.id)
                .raw("by", actor_json(by))
                .text("argsHash", action.args_hash)
                .text("confirmationId", action.confirmation->id)
                .take()};
}

ServerEvent approved(const Action& action, std::string_view decision) {
    return {server_id("act_approved", action.id, decision),
            EventType::orchestration_action_approved,
            Payload()
                .text("actionId", action.id)
                .text("decisionId", decision)
                .text("argsHash", action.args_hash)
                .take()};
}

ServerEvent args_replaced(const Action& action, std::string_view by) {
    return {server_id("act_args", action.id, action.evaluations),
            EventType::orchestration_action_args_replaced,
            Payload()
                .text("actionId", action.id)
                .raw("args", action.args_json)
                .text("argsHash", action.args_hash)
                .text("by", by)
                .take()};
}

ServerEvent started(const Action& action, const ToolFacts& tool, std::string_view run_by,
                    WallTime lease_until) {
    const int attempt = action.attempt + 1;
    return {server_id("act_started", action.id, attempt), EventType::orchestration_action_started,
            Payload()
                .text("actionId", action.id)
                .text("executor", tool.executor)
                .integer("attempt", attempt)
                .text("leaseUntil", format_rfc3339(lease_until))
                .flag("repeatable", tool.repeatable)
                .optional("participantId", run_by)
                .take()};
}

// Each has its own place among those of its attempt; a later one replaces it for who is behind.
ServerEvent progress(const Action& action, std::string_view message,
                     std::optional<double> percent) {
    contract::JsonWriter json;
    json.object();
    json.key("actionId").value(action.id);
    json.key("message").value(said(message));
    if (percent) json.key("pct").value(std::clamp(*percent, 0.0, 100.0));
    json.end();
    return {server_id("act_progress", action.id, action.progress_told + 1),
            EventType::orchestration_action_progress, json.take()};
}

ServerEvent succeeded(const Action& action, const FinishAction& how) {
    Payload payload;
    payload.text("actionId", action.id)
        .integer("durationMs", std::max(how.took, Millis{0}).count())
        .optional("resultSummary", cut_text(how.summary, 2048))
        .optional("effectId", cut_text(how.effect_id, 256))
        .integer("attempt", action.attempt)
        .raw("result", result_that_fits(how.result_json));
    return {over_id(action), EventType::orchestration_action_succeeded, payload.take()};
}

ServerEvent attempt_failed(const Action& action, std::string_view code, std::string_view message,
                           WallTime retry_at) {
    return {server_id("act_attempt_failed", action.id, action.attempt),
            EventType::orchestration_action_attempt_failed,
            Payload()
                .text("actionId", action.id)
                .integer("attempt", action.attempt)
                .text("code", word_of(code))
                .text("message", said(message))
                .text("willRetryAt", format_rfc3339(retry_at))
                .take()};
}

ServerEvent failed(const Action& action, std::string_view code, std::string_view message) {
    return {over_id(action), EventType::orchestration_action_failed,
            Payload()
                .text("actionId", action.id)
                .text("code", word_of(code))
                .text("message", said(message))
                .integer("attempt", std::max(action.attempt, 1))
                .take()};
}

ServerEvent timed_out(const Action& action) {
    return {over_id(action), EventType::orchestration_action_timed_out,
            Payload()
                .text("actionId", action.id)
                .integer("deadlineMs", action.deadline_after.count())
                .take()};
}

ServerEvent cancelled(const Action& action, std::string_view cause) {
    return {over_id(action), EventType::orchestration_action_cancelled,
            Payload().text("actionId", action.id).text("cause", cause).take()};
}

ServerEvent cancel_asked(const Action& action, std::string_view cause) {
    return {server_id("act_cancel", action.id), EventType::orchestration_action_cancel_requested,
            Payload().text("actionId", action.id).text("cause", cause).take()};
}

ServerEvent outcome_unknown(const Action& action, std::string_view last_known,
                            std::optional<WallTime> probe_at) {
    return {server_id("act_unknown", action.id, action.attempt),
            EventType::orchestration_action_outcome_unknown,
            Payload()
                .text("actionId", action.id)
                .text("lastKnown", said(last_known))
                .optional("probeAt", probe_at ? format_rfc3339(*probe_at) : std::string())
                .take()};
}

ServerEvent resolved(const Action& action, const ResolveAction& how, std::string_view by) {
    return {over_id(action), EventType::orchestration_action_resolved,
            Payload()
                .text("actionId", action.id)
                .text("resolution", how.resolution)
                .text("by", by)
                .text("evidence", cut_text(how.evidence, 2048))
                .raw("result",
                     how.result_json.empty() ? std::string() : result_that_fits(how.result_json))
                .optional("effectId", cut_text(how.effect_id, 256))
                .take()};
}

}  // namespace lifeline::call::events
