#include "safety/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "contract/canonical.h"
#include "safety/glob.h"
#include "safety/inputs_hash.h"
#include "safety/policy_content.h"

namespace lifeline::safety {

namespace {

constexpr std::string_view must_confirm = "explicit_user_confirmation_required";

bool consent_is(const When::ConsentIs& wanted, std::span<const Consent> consents) {
    std::string_view state = "missing";
    for (const auto& consent : consents)  // The last word counts.
        if (consent.subject == wanted.subject) state = consent.state;
    return std::ranges::find(wanted.states, state) != wanted.states.end();
}

// The cheap questions first.
bool applies(const Rule& rule, const Question& question, Arguments& arguments) {
    const When& when = rule.when;
    if (when.risks && !when.risks->at(static_cast<std::size_t>(question.risk))) return false;
    if (when.roles && !when.roles->has(question.role)) return false;
    const auto is_action = [&](const std::string& glob) {
        return glob_matches(glob, question.action_type);
    };
    if (!when.actions.empty() && std::ranges::none_of(when.actions, is_action)) return false;
    if (!when.accounts.empty() &&
        std::ranges::find(when.accounts, question.account_id) == when.accounts.end())
        return false;
    // This one would be the next of them.
    if (when.count_over && question.count_in_call < *when.count_over) return false;
    const auto over = [&](const std::optional<std::int64_t>& bound, auto count) {
        if (!bound) return true;
        if (!question.day_counts) return rule.then != Outcome::allow;
        return count(*question.day_counts) > *bound;  // This one is among them.
    };
    if (!over(when.day_count_over, [](const DayCounts& counts) { return counts.owner; }) ||
        !over(when.account_day_count_over, [](const DayCounts& counts) { return counts.account; }))
        return false;
    if (when.consent && !consent_is(*when.consent, question.consents)) return false;
    return std::ranges::all_of(when.arguments, [&](const Condition& condition) {
        return holds(condition, rule.then, arguments);
    });
}

Verdict verdict_of(Outcome outcome, std::string rule, std::string message) {
    Verdict verdict;
    verdict.outcome = outcome;
    verdict.rules.push_back(std::move(rule));
    verdict.message = std::move(message);
    if (outcome == Outcome::deny) verdict.reason = "policy_denied";
    if (outcome == Outcome::confirm) verdict.reason = must_confirm;
    if (!verdict.message.empty()) return verdict;
    if (outcome == Outcome::deny) verdict.message = "This is not allowed.";
    if (outcome == Outcome::confirm) verdict.message = "This needs your confirmation.";
    return verdict;
}

Verdict verdict_of(const Rule& rule, const Question& question) {
    const bool unacknowledged = rule.then == Outcome::allow && !rule.acknowledge_risk &&
                                question.risk == contract::Risk::high_risk_external_send;
    Verdict verdict =
        verdict_of(unacknowledged ? Outcome::confirm : rule.then, rule.name, rule.message);
    if (rule.severity) verdict.severity = *rule.severity;
    verdict.confirm_by = rule.confirm_by;
    verdict.confirm_within = rule.confirm_within;
    verdict.may_edit = rule.may_edit;
    verdict.by_voice = rule.by_voice;
    return verdict;
}

Verdict unreadable(std::string_view why) {
    auto verdict = verdict_of(Outcome::deny, "arguments",
                              fmt::format("Its arguments cannot be judged: {}.", why));
    verdict.reason = "args_unreadable";
    return verdict;
}

Verdict judge(const Policy::Content& content, const Question& question,
              const std::optional<contract::Json>& args) {
    if (!args || !args->is_object()) return unreadable("they are no JSON object");
    Arguments arguments(*args, content.paths);
    for (const Rule& rule : content.rules) {
        const bool found = applies(rule, question, arguments);
        if (arguments.exhausted()) return unreadable("there is too much of them");
        if (found) return verdict_of(rule, question);
    }
    return verdict_of(content.defaults.at(static_cast<std::size_t>(question.risk)),
                      fmt::format("default:{}", contract::to_text(question.risk)), {});
}

// The engine may only make it stricter: it is asked beside the policy, not instead of it. Where it
// says nothing that can be understood, the answer is no.
void heed(const EngineWord& engine, Verdict& verdict) {
    if (!engine.outcome) {
        if (verdict.outcome == Outcome::deny) return;
        verdict = verdict_of(Outcome::deny, "engine:unavailable",
                             "What decides about this does not answer.");
        verdict.reason = "policy_engine_unavailable";
        return;
    }
    const std::string rule =
        engine.rule.empty() ? std::string("engine") : fmt::format("engine:{}", engine.rule);
    if (strictness(*engine.outcome) <= strictness(verdict.outcome)) {
        verdict.rules.push_back(rule);
        return;
    }
    auto rules = std::move(verdict.rules);
    verdict = verdict_of(*engine.outcome, rule, engine.message);
    verdict.rules.insert(verdict.rules.begin(), rules.begin(), rules.end());
}

}  // namespace

Policy Policy::standard() {
    auto policy = parse(R"({"id":"standard","version":"1"})");
    CHECK(policy);
    return *std::move(policy);
}

Result<Policy> Policy::parse(std::string_view json) {
    auto content = read_policy(json);
    if (!content) return fail(content.error());
    return Policy(std::make_shared<const Content>(*std::move(content)));
}

Verdict Policy::evaluate(const Question& question) const {
    const auto args = arguments_of(question);
    Verdict verdict = judge(*content_, question, args);
    if (question.engine) heed(*question.engine, verdict);
    verdict.inputs_hash = inputs_hash(question, args);
    return verdict;
}

bool Policy::counts_days(std::string_view action_type) const {
    return std::ranges::any_of(content_->rules, [&](const Rule& rule) {
        if (!rule.when.day_count_over && !rule.when.account_day_count_over) return false;
        return rule.when.actions.empty() ||
               std::ranges::any_of(rule.when.actions, [&](const std::string& glob) {
                   return glob_matches(glob, action_type);
               });
    });
}

Spoken Policy::spoken(std::string_view text, std::string_view language) const {
    return content_->voice.what_was_said(text, language);
}

std::string_view Policy::id() const {
    return content_->id;
}

std::string_view Policy::version() const {
    return content_->version;
}

std::string_view Policy::hash() const {
    return content_->hash;
}

std::string_view Policy::json() const {
    return content_->json;
}

std::vector<Policy::Row> Policy::rows() const {
    std::vector<Row> rows;
    const auto then = [](const Rule& rule) {
        std::string text(to_text(rule.then));
        if (rule.acknowledge_risk) text += ", also of high risk";
        if (rule.then == Outcome::confirm) text += " by " + rule.confirm_by;
        if (rule.by_voice) text += ", also by voice";
        return text;
    };
    for (const Rule& rule : content_->rules)
        rows.push_back({rule.name, rule.when_text, then(rule)});
    for (std::size_t risk = 0; risk < content_->defaults.size(); ++risk)
        rows.push_back(
            {"default",
             fmt::format("risk {}", contract::to_text(static_cast<contract::Risk>(risk))),
             std::string(to_text(content_->defaults.at(risk)))});
    return rows;
}

}  // namespace lifeline::safety
