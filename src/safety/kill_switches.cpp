#include "safety/kill_switches.h"

#include <fmt/format.h>

#include "safety/inputs_hash.h"

namespace lifeline::safety {

std::optional<Verdict> KillSwitches::stop(const Question& question) const {
    const auto stopped = [&](std::string_view which, const std::string& reason) {
        Verdict verdict;
        verdict.outcome = Outcome::deny;
        verdict.rules.push_back(fmt::format("kill_switch:{}", which));
        verdict.reason = "kill_switch";
        verdict.message =
            reason.empty() ? "This was stopped." : fmt::format("This was stopped: {}", reason);
        verdict.severity = Severity::critical;
        verdict.inputs_hash = inputs_hash(question, arguments_of(question));
        return verdict;
    };
    if (global) return stopped("global", *global);
    const auto by_name = [&](const ByName& switches, std::string_view which,
                             std::string_view name) -> std::optional<Verdict> {
        const auto found = switches.find(name);
        if (found == switches.end()) return std::nullopt;
        return stopped(which, found->second);
    };
    if (auto verdict = by_name(accounts, "account", question.account_id)) return verdict;
    if (auto verdict = by_name(sessions, "session", question.session_id)) return verdict;
    if (auto verdict = by_name(action_types, "action_type", question.action_type)) return verdict;
    const auto account = action_types_of_accounts.find(question.account_id);
    if (account == action_types_of_accounts.end()) return std::nullopt;
    return by_name(account->second, "action_type", question.action_type);
}

}  // namespace lifeline::safety
