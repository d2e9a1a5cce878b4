#include "app/policy_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::app {

using contract::Json;

namespace {

constexpr std::string_view fields[] = {
    "name",          "action",   "risk",   "role",      "requester",
    "session",       "account",  "args",   "day_count", "account_day_count",
    "count_in_call", "consents", "expect", "rule"};

// The first thing that is wrong with a case: the field, and why.
using Fault = std::optional<std::pair<std::string, std::string>>;

Fault read_texts(const Json& json, PolicyCase& into) {
    const std::pair<std::string_view, std::string*> texts[] = {
        {"name", &into.name},       {"action", &into.action},   {"requester", &into.requester},
        {"session", &into.session}, {"account", &into.account}, {"rule", &into.rule}};
    for (const auto& [key, text] : texts) {
        const auto value = json.find(key);
        if (value && !value->is_text()) return {{std::string(key), "must be a text"}};
        if (value) *text = *value->as_text();
    }
    if (into.action.empty()) return {{"action", "must be there"}};
    return std::nullopt;
}

template <class Value, class From>
Fault read_word(const Json& json, std::string_view key, From from, Value& into) {
    const auto value = json.find(key);
    if (!value) return std::nullopt;
    const auto word = from(value->as_text().value_or(""));
    if (!word) return {{std::string(key), "is no such word"}};
    into = *word;
    return std::nullopt;
}

Fault read_rest(const Json& json, PolicyCase& into) {
    if (const auto args = json.find("args")) {
        // A text stands for arguments as somebody sends them, which need not be JSON.
        into.args =
            args->is_text() ? std::string(*args->as_text()) : contract::canonical_json(*args);
    }
    const std::pair<std::string_view, std::int64_t safety::DayCounts::*> counts[] = {
        {"day_count", &safety::DayCounts::owner},
        {"account_day_count", &safety::DayCounts::account}};
    for (const auto& [key, member] : counts) {
        const auto count = json.find(key);
        if (!count) continue;
        if (!count->as_integer()) return {{std::string(key), "must be a whole number"}};
        if (!into.day_counts) into.day_counts.emplace();
        *into.day_counts.*member = *count->as_integer();
    }
    if (const auto count = json.find("count_in_call")) {
        if (!count->as_integer()) return {{"count_in_call", "must be a whole number"}};
        into.count_in_call = *count->as_integer();
    }
    if (const auto consents = json.find("consents")) {
        if (!consents->is_object()) return {{"consents", "must be a table"}};
        for (const auto& [subject, state] : consents->members())
            into.consents.push_back(
                {std::string(subject), std::string(state.as_text().value_or(""))});
    }
    if (!json.find("expect")) return {{"expect", "must be there"}};
    for (const auto& member : json.members())
        if (std::ranges::find(fields, member.key) == std::end(fields))
            return {{std::string(member.key), "is not known to this version"}};
    return std::nullopt;
}

Fault read_case(const Json& json, PolicyCase& into) {
    if (!json.is_object()) return {{"cases", "must be [[cases]] tables"}};
    if (auto fault = read_texts(json, into)) return fault;
    if (auto fault = read_word(json, "risk", contract::risk_from, into.risk)) return fault;
    if (auto fault = read_word(json, "role", contract::role_from, into.role)) return fault;
    if (auto fault = read_word(json, "expect", safety::outcome_from, into.expect)) return fault;
    return read_rest(json, into);
}

}  // namespace

safety::Question PolicyCase::question() const {
    return {.action_type = action,
            .risk = risk,
            .role = role,
            .requester_id = requester,
            .session_id = session,
            .account_id = account,
            .args_json = args,
            .count_in_call = count_in_call,
            .consents = consents,
            .day_counts = day_counts};
}

Result<std::vector<PolicyCase>> read_policy_cases(std::string_view json) {
    const auto root = Json::parse(json);
    if (!root) return fail(Code::malformed, "policy_invalid", root.error().reason);
    const auto list = root->find("cases");
    if (!list || !list->is_array() || list->items().empty())
        return fail(Code::malformed, "policy_invalid", "there are no [[cases]]");
    std::vector<PolicyCase> cases;
    for (const auto& item : list->items()) {
        auto& one = cases.emplace_back();
        one.name = fmt::format("case {}", cases.size());
        if (const auto fault = read_case(item, one))
            return fail(Code::malformed, "policy_invalid",
                        fmt::format("{}: {} {}", one.name, fault->first, fault->second),
                        fmt::format("/cases/{}/{}", cases.size() - 1, fault->first));
    }
    return cases;
}

}  // namespace lifeline::app
