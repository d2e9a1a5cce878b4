#include "whatif/evaluation.h"

#include <fmt/format.h>

#include <algorithm>

#include "call/state.h"
#include "contract/json.h"

namespace lifeline::whatif {

namespace {

using Outcome = call::Ruling::Outcome;
namespace field = contract::field::safety_evaluated;

Outcome outcome_of(std::string_view word) {
    return word == "allow"                  ? Outcome::allow
           : word == "require_confirmation" ? Outcome::confirm
                                            : Outcome::deny;
}

}  // namespace

std::optional<Evaluation> read_evaluation(const contract::Event& event) {
    const auto subject = contract::Json::parse(event.raw(field::subject));
    const auto rules = contract::Json::parse(event.raw(field::rules));
    if (!subject || !rules) return std::nullopt;
    Evaluation read;
    read.action_id = subject->text("id").value_or("");
    read.inputs_hash = event.text(field::inputs_hash);
    read.ruled.outcome = outcome_of(event.text(field::outcome));
    read.ruled.policy =
        fmt::format("{} {}", event.text(field::policy_id), event.text(field::policy_version));
    for (const contract::Json& rule : rules->items())
        read.ruled.rules.emplace_back(rule.as_text().value_or(""));
    read.stopped = std::ranges::any_of(read.ruled.rules, [](const std::string& rule) {
        return rule == "killswitch" || rule.starts_with("kill_switch:");
    });
    read.in_vain =
        std::ranges::find(read.ruled.rules, "evaluation_timeout") != read.ruled.rules.end();
    return read;
}

call::Facts facts_of(const contract::Event& event, const call::Action& action) {
    call::State alone;
    alone.actions.push_back(action);
    alone.actions.front().facts = {};
    call::apply(alone, event, {}, 1);
    return alone.actions.front().facts;
}

}  // namespace lifeline::whatif
