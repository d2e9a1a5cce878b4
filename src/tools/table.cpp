#include "tools/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "contract/canonical.h"
#include "contract/json_pointer.h"
#include "contract/reason.h"

namespace lifeline::tools {

using contract::Json;

std::optional<Json> Table::find(std::string_view key) {
    known_.emplace_back(key);
    return json_.find(key);
}

void Table::text(std::string_view key, std::string& into) {
    const auto value = find(key);
    if (!value) return;
    if (!value->is_text()) return refuse(key, "must be a text");
    into = *value->as_text();
}

void Table::texts(std::string_view key, std::vector<std::string>& into) {
    const auto value = find(key);
    if (!value) return;
    if (!value->is_array()) return refuse(key, "must be a list of texts");
    for (const auto& item : value->items()) {
        if (!item.is_text()) return refuse(key, "must be a list of texts");
        into.emplace_back(*item.as_text());
    }
}

void Table::yes_or_no(std::string_view key, bool& into) {
    const auto value = find(key);
    if (!value) return;
    if (!value->as_bool()) return refuse(key, "must be true or false");
    into = *value->as_bool();
}

void Table::whole(std::string_view key, int& into) {
    const auto value = find(key);
    if (!value) return;
    const auto number = value->as_integer();
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max())
        return refuse(key, "must be a whole number");
    into = static_cast<int>(*number);
}

void Table::millis(std::string_view key, Millis& into) {
    const auto value = find(key);
    if (!value) return;
    const auto number = value->as_integer();
    if (!number || *number <= 0) return refuse(key, "must be a whole number of milliseconds");
    into = Millis{*number};
}

void Table::amount(std::string_view key, std::int64_t& into) {
    const auto value = find(key);
    if (!value) return;
    const auto number = value->as_integer();
    if (!number || *number < 0) return refuse(key, "must be a whole number");
    into = *number;
}

void Table::risk(std::string_view key, contract::Risk& into) {
    const auto value = find(key);
    if (!value) return;
    const auto risk = contract::risk_from(value->as_text().value_or(""));
    if (!risk) return refuse(key, "must be read_only, low_risk_write or high_risk_external_send");
    into = *risk;
}

void Table::roles(std::string_view key, contract::RoleSet& into) {
    std::vector<std::string> words;
    texts(key, words);
    if (!status_ || !has(key)) return;
    contract::RoleSet roles;
    for (const auto& word : words) {
        const auto role = contract::role_from(word);
        if (!role || *role == contract::Role::server)
            return refuse(key, fmt::format("names no role: {}", word));
        roles.add(*role);
    }
    into = roles;
}

void Table::risks(std::string_view key, std::map<std::string, contract::Risk, std::less<>>& into) {
    const auto value = find(key);
    if (!value) return;
    if (!value->is_object()) return refuse(key, "must be a table of tools and risks");
    for (const auto& [name, word] : value->members()) {
        const auto risk = contract::risk_from(word.as_text().value_or(""));
        if (!risk) return refuse(key, fmt::format("names no risk for {}", name));
        into.emplace(name, *risk);
    }
}

void Table::schema(std::string_view key, std::string& into) {
    const auto value = find(key);
    if (!value) return;
    if (value->is_object()) {
        into = contract::canonical_json(*value);
        return;
    }
    const auto inner = Json::parse(value->as_text().value_or(""));
    if (!inner || !inner->is_object())
        return refuse(key, "must be a JSON Schema: a table, or a text with JSON");
    into = contract::canonical_json(*inner);
}

Table Table::table(std::string_view key) {
    const std::string inner = pointer_ + contract::pointer_step(key);
    const auto value = find(key);
    if (value && value->is_object()) return {inner, *value};
    if (value) refuse(key, "must be a table");
    return {inner, *Json::parse("{}")};
}

void Table::refuse(std::string_view key, std::string_view what) {
    if (status_)
        status_ = contract::refuse(contract::reason::tool_invalid, fmt::format("{} {}", key, what),
                                   pointer_ + contract::pointer_step(key));
}

void Table::refuse(const Error& error) {
    if (status_) status_ = fail(error);
}

Result<void> Table::status() const {
    if (!status_) return status_;
    for (const auto& member : json_.members())
        if (std::ranges::find(known_, member.key) == known_.end())
            return contract::refuse(contract::reason::tool_invalid,
                                    fmt::format("{} is no setting of this version", member.key),
                                    pointer_ + contract::pointer_step(member.key));
    return {};
}

}  // namespace lifeline::tools
