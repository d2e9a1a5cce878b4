#include "safety/rule_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "contract/canonical.h"
#include "contract/form.h"
#include "safety/condition_reader.h"

namespace lifeline::safety {

using contract::Json;

namespace {

constexpr std::size_t conditions_max = 32;
constexpr std::size_t message_bytes_max = 1'000;
constexpr std::int64_t confirm_ms_least = 1'000;
constexpr std::int64_t confirm_ms_most = 86'400'000;

void read_risks(Fields& fields, When& when) {
    for (const auto& word : fields.texts("risk")) {
        const auto risk = contract::risk_from(word);
        if (!risk) return fields.refuse("risk", fmt::format("has {}, which is none", word));
        if (!when.risks) when.risks.emplace();
        when.risks->at(static_cast<std::size_t>(*risk)) = true;
    }
}

void read_roles(Fields& fields, When& when) {
    for (const auto& word : fields.texts("role")) {
        const auto role = contract::role_from(word);
        if (!role) return fields.refuse("role", fmt::format("has {}, which is none", word));
        if (!when.roles) when.roles.emplace();
        when.roles->add(*role);
    }
}

void read_consent(const Json& json, const std::string& pointer, Faults& faults, When& when) {
    Fields fields(json, pointer, faults);
    constexpr std::string_view subjects[] = {"recording", "processing", "outreach"};
    constexpr std::string_view states[] = {"granted", "denied", "withdrawn", "missing"};
    const auto known = [](const auto& words, std::string_view word) {
        return std::ranges::find(words, word) != std::end(words);
    };
    auto& consent = when.consent.emplace();
    consent.subject = fields.text("subject").value_or("");
    if (!known(subjects, consent.subject))
        fields.refuse("subject", "must be recording, processing or outreach");
    consent.states = fields.texts("state");
    if (consent.states.empty() || !std::ranges::all_of(consent.states, [&](const auto& state) {
            return known(states, state);
        }))
        fields.refuse("state", "must be granted, denied, withdrawn or missing");
}

void read_arguments(const Json& json, const std::string& pointer, std::vector<Path>& paths,
                    Faults& faults, When& when) {
    const auto items = json.items();
    if (items.empty() || items.size() > conditions_max)
        return faults.add(pointer, fmt::format("args must be a list of 1 to {}", conditions_max));
    for (std::size_t i = 0; i < items.size(); ++i)
        when.arguments.push_back(
            read_condition(items[i], fmt::format("{}/{}", pointer, i), paths, faults));
}

When read_when(const Json& json, const std::string& pointer, std::vector<Path>& paths,
               Faults& faults) {
    When when;
    Fields fields(json, pointer, faults);
    when.actions = fields.texts("action");
    when.accounts = fields.texts("account");
    read_risks(fields, when);
    read_roles(fields, when);
    const auto count = [&](std::string_view key, std::optional<std::int64_t>& bound) {
        bound = fields.whole(key);
        if (bound && *bound < 0) fields.refuse(key, "must be 0 or more");
    };
    count("count_over", when.count_over);
    count("day_count_over", when.day_count_over);
    count("account_day_count_over", when.account_day_count_over);
    if (const auto consent = fields.find("consent"))
        read_consent(*consent, fields.at("consent"), faults, when);
    if (const auto arguments = fields.find("args"))
        read_arguments(*arguments, fields.at("args"), paths, faults, when);
    return when;
}

// "action send_*; /to/* domain_in example.com"
std::string describe(const Json& when) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : when.members()) {
        if (key == "args")
            for (const auto& item : value.items()) parts.push_back(describe_condition(item));
        else
            parts.push_back(fmt::format("{} {}", key, contract::canonical_json(value)));
    }
    std::string text = parts.empty() ? "always" : fmt::format("{}", fmt::join(parts, "; "));
    std::erase(text, '"');
    return text;
}

void read_confirmation(Fields& fields, Rule& rule) {
    constexpr std::string_view people[] = {"owner", "user", "operator"};
    if (const auto who = fields.text("confirm_by")) {
        rule.confirm_by = *who;
        if (std::ranges::find(people, *who) == std::end(people))
            fields.refuse("confirm_by", "must be owner, user or operator");
    }
    if (const auto expires = fields.whole("expires_ms")) {
        rule.confirm_within = Millis{*expires};
        if (*expires < confirm_ms_least || *expires > confirm_ms_most)
            fields.refuse("expires_ms",
                          fmt::format("must be {} to {}", confirm_ms_least, confirm_ms_most));
    }
    rule.may_edit = fields.yes_or_no("may_edit").value_or(true);
    if (const auto channel = fields.text("channel")) {
        rule.by_voice = *channel == "both";
        if (*channel != "ui" && *channel != "both") fields.refuse("channel", "must be ui or both");
        if (rule.by_voice && rule.confirm_by == "operator")
            fields.refuse("channel", "can be both for people of the call only");
    }
    if (rule.then == Outcome::confirm) return;
    for (const auto key : {"confirm_by", "expires_ms", "may_edit", "channel"})
        if (fields.has(key)) fields.refuse(key, "is only for then = \"confirm\"");
}

void read_acknowledgement(Fields& fields, Rule& rule) {
    rule.acknowledge_risk = fields.yes_or_no("acknowledge_risk").value_or(false);
    if (fields.has("acknowledge_risk") && rule.then != Outcome::allow)
        fields.refuse("acknowledge_risk", "is only for then = \"allow\"");
    constexpr auto high = static_cast<std::size_t>(contract::Risk::high_risk_external_send);
    if (rule.then == Outcome::allow && rule.when.risks && rule.when.risks->at(high) &&
        !rule.acknowledge_risk)
        fields.refuse("then",
                      "can be allow for high_risk_external_send only beside "
                      "acknowledge_risk = true");
}

}  // namespace

Rule read_rule(const Json& json, const std::string& pointer, std::vector<Path>& paths,
               Faults& faults) {
    Rule rule;
    Fields fields(json, pointer, faults);
    rule.name = fields.text("name").value_or("");
    if (!contract::matches(contract::Form::id, rule.name))
        fields.refuse("name", "must be there, of letters, digits and _.:-");
    rule.when_text = "always";
    if (const auto when = fields.find("when")) {
        rule.when = read_when(*when, fields.at("when"), paths, faults);
        rule.when_text = describe(*when);
    }
    const auto then = outcome_from(fields.text("then").value_or(""));
    if (!then) fields.refuse("then", "must be allow, confirm or deny");
    rule.then = then.value_or(Outcome::deny);
    rule.message = fields.text("message").value_or("");
    if (rule.message.size() > message_bytes_max)
        fields.refuse("message", fmt::format("has more than {} bytes", message_bytes_max));
    if (const auto severity = fields.text("severity")) {
        rule.severity = severity_from(*severity);
        if (!rule.severity) fields.refuse("severity", "must be info, warning or critical");
    }
    read_confirmation(fields, rule);
    read_acknowledgement(fields, rule);
    return rule;
}

}  // namespace lifeline::safety
