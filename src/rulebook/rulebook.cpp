#include "rulebook/rulebook.h"

#include <fmt/format.h>

#include <utility>

#include "contract/form.h"
#include "contract/json.h"
#include "rulebook/shown.h"

namespace lifeline::rulebook {

namespace {

call::Ruling::Outcome outcome_of(safety::Outcome outcome) {
    switch (outcome) {
        case safety::Outcome::allow:
            return call::Ruling::Outcome::allow;
        case safety::Outcome::confirm:
            return call::Ruling::Outcome::confirm;
        case safety::Outcome::deny:
            break;
    }
    return call::Ruling::Outcome::deny;
}

// "7:1f0c93ab41d2": what people call it, and that it is that very text. A version that leaves no
// room for the hash is cut, the hash is not.
std::string version_of(const safety::Policy& policy) {
    constexpr std::size_t version_max = 48;
    return fmt::format("{}:{}", policy.version().substr(0, version_max),
                       policy.hash().substr(0, 12));
}

std::optional<safety::DayCounts> counts_of(const call::Facts& facts) {
    if (!facts.counts) return std::nullopt;
    return safety::DayCounts{facts.counts->owner, facts.counts->account};
}

std::optional<safety::EngineWord> engine_of(const call::Facts& facts) {
    if (!facts.engine) return std::nullopt;
    using Said = call::EngineWord::Outcome;
    safety::EngineWord word{.rule = facts.engine->rule, .message = facts.engine->message};
    switch (facts.engine->outcome) {
        case Said::allow:
            word.outcome = safety::Outcome::allow;
            break;
        case Said::deny:
            word.outcome = safety::Outcome::deny;
            break;
        case Said::confirm:
            word.outcome = safety::Outcome::confirm;
            break;
        case Said::unavailable:
            break;
    }
    return word;
}

}  // namespace

Rulebook::Rulebook(Parts parts) : parts_(std::move(parts)), version_(version_of(parts_.policy)) {}

std::optional<call::ToolFacts> Rulebook::tool(std::string_view action_type) const {
    const tools::Tool* tool = parts_.tools.find(action_type);
    if (tool == nullptr) return std::nullopt;
    return call::ToolFacts{.risk = tool->risk,
                           .repeatable = tools::repeatable(*tool),
                           .timeout = tool->timeout,
                           .attempts = tool->attempts,
                           .executor = std::string(tools::to_text(tool->kind)),
                           .requesters = tool->requesters,
                           .probed = tools::probed(*tool)};
}

Result<void> Rulebook::check_args(std::string_view action_type, std::string_view args_json) const {
    const tools::Tool* tool = parts_.tools.find(action_type);
    if (tool == nullptr)
        return fail(Code::malformed, "args_invalid", "the tool is not configured any more");
    return parts_.tools.check_args(*tool, args_json);
}

call::Ruling Rulebook::rule(const call::Question& asked) const {
    std::vector<safety::Consent> consents;
    for (const call::Consent& one : asked.consents) consents.push_back({one.subject, one.state});
    const safety::Question question{.action_type = asked.action_type,
                                    .risk = asked.risk,
                                    .role = asked.role,
                                    .requester_id = asked.requester_id,
                                    .session_id = asked.session_id,
                                    .account_id = asked.account_id,
                                    .args_json = asked.args_json,
                                    .count_in_call = asked.count_in_call,
                                    .consents = consents,
                                    .day_counts = counts_of(asked.facts),
                                    .engine = engine_of(asked.facts)};
    auto stopped = parts_.kill_switches.stop(question);
    const bool was_stopped = stopped.has_value();
    safety::Verdict verdict = stopped ? std::move(*stopped) : parts_.policy.evaluate(question);
    call::Ruling ruling;
    ruling.outcome = outcome_of(verdict.outcome);
    ruling.policy_id = parts_.policy.id();
    ruling.policy_version = version_;
    ruling.rules = std::move(verdict.rules);
    ruling.inputs_hash = std::move(verdict.inputs_hash);
    ruling.reason = std::move(verdict.reason);
    ruling.message = std::move(verdict.message);
    ruling.severity = safety::to_text(verdict.severity);
    ruling.confirm_by =
        call::confirmer_from(verdict.confirm_by).value_or(call::Confirmer::operator_);
    ruling.confirm_within = verdict.confirm_within.value_or(parts_.confirm_within);
    ruling.may_edit = verdict.may_edit;
    ruling.by_voice = verdict.by_voice;
    ruling.stopped = was_stopped;
    return ruling;
}

call::Needs Rulebook::needs(std::string_view action_type) const {
    return {.counts = parts_.policy.counts_days(action_type),
            .engine = parts_.engine,
            .within = parts_.evaluate_within};
}

call::Spoken Rulebook::spoken(std::string_view text, std::string_view language) const {
    switch (parts_.policy.spoken(text, language)) {
        case safety::Spoken::yes:
            return call::Spoken::yes;
        case safety::Spoken::no:
            return call::Spoken::no;
        case safety::Spoken::neither:
            break;
    }
    return call::Spoken::neither;
}

call::Shown Rulebook::show(std::string_view action_type, std::string_view,
                           std::string_view args_json) const {
    const tools::Tool* tool = parts_.tools.find(action_type);
    return tool == nullptr ? call::Shown{} : shown_of(*tool, args_json);
}

}  // namespace lifeline::rulebook
