#include "safety/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "contract/json_pointer.h"
#include "contract/reason.h"

namespace lifeline::safety {

using contract::Json;

void Faults::add(const std::string& pointer, std::string_view what) {
    if (!status_) return;
    const std::string where = rule_.empty() ? std::string() : fmt::format("rule {}: ", rule_);
    status_ = contract::refuse(contract::reason::policy_invalid, fmt::format("{}{}", where, what),
                               pointer);
}

Fields::Fields(Json json, std::string pointer, Faults& faults)
    : json_(std::move(json)), pointer_(std::move(pointer)), faults_(faults) {
    if (!json_.is_object()) faults_.add(pointer_, "must be a table");
}

Fields::~Fields() {
    for (const auto& member : json_.members())
        if (std::ranges::find(known_, member.key) == known_.end())
            refuse(member.key, "is not known to this version");
}

std::optional<Json> Fields::find(std::string_view key) {
    known_.emplace_back(key);
    return json_.find(key);
}

std::optional<std::string> Fields::text(std::string_view key) {
    const auto value = find(key);
    if (!value) return std::nullopt;
    if (value->is_text()) return std::string(*value->as_text());
    refuse(key, "must be a text");
    return std::nullopt;
}

std::optional<bool> Fields::yes_or_no(std::string_view key) {
    const auto value = find(key);
    if (value && !value->as_bool()) refuse(key, "must be true or false");
    return value ? value->as_bool() : std::nullopt;
}

std::optional<std::int64_t> Fields::whole(std::string_view key) {
    const auto value = find(key);
    if (value && !value->as_integer()) refuse(key, "must be a whole number");
    return value ? value->as_integer() : std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view key) {
    std::vector<std::string> out;
    const auto value = find(key);
    if (!value) return out;
    if (value->is_text()) return {std::string(*value->as_text())};
    for (const auto& item : value->items())
        if (item.is_text()) out.emplace_back(*item.as_text());
    if (out.empty() || out.size() != value->items().size()) {
        refuse(key, "must be a text or a list of texts");
        out.clear();
    }
    return out;
}

void Fields::refuse(std::string_view key, std::string_view what) {
    faults_.add(at(key), fmt::format("{} {}", key, what));
}

std::string Fields::at(std::string_view key) const {
    return pointer_ + contract::pointer_step(key);
}

}  // namespace lifeline::safety
