#include <fmt/format.h>

#include <algorithm>

#include "contract/json_writer.h"
#include "tools/schema_check.h"
#include "tools/schema_words.h"

namespace lifeline::tools {

bool SchemaCheck::object(const SchemaNode& node, const Json& value, int depth) {
    const auto members = value.members();
    if (!spend(members.size())) return false;
    const auto count = static_cast<std::int64_t>(members.size());
    if (const auto wrong = out_of(node.members, count, "members"); !wrong.empty())
        return fault(wrong);
    if (!spend(node.required.size() * members.size() / 4)) return false;
    if (!needs(node.required, value, "is required")) return false;
    for (const auto& [name, names] : node.required_with) {
        if (!spend((names.size() + 1) * members.size() / 4)) return false;
        if (value.find(name) && !needs(names, value, fmt::format("is required beside {}", name)))
            return false;
    }
    for (const auto& one : members)
        if (!member(node, one, depth)) return fault_in(one.key);
    for (const auto& [name, schema] : node.schema_with) {
        if (!spend(members.size() / 4)) return false;
        if (value.find(name) && !this->value(schema, value, depth + 1)) return false;
    }
    return true;
}

bool SchemaCheck::member(const SchemaNode& node, const Json::Member& member, int depth) {
    if (node.property_names) {
        std::string name;
        contract::append_json_string(name, member.key);
        const auto as_json = Json::parse(name);
        if (!spend(name.size()) || !as_json ||
            !this->value(*node.property_names, *as_json, depth + 1))
            return fault("has a name that is not wanted: " + detail_);
    }
    const auto known = node.properties.find(member.key);
    bool other = known == node.properties.end();
    if (!other && !value(known->second, member.value, depth + 1)) return false;
    for (const auto& [pattern, schema] : node.matching) {
        if (!pattern.found_in(member.key, budget_)) continue;
        other = false;
        if (!value(schema, member.value, depth + 1)) return false;
    }
    return !other || other_member(node, member, depth);
}

bool SchemaCheck::other_member(const SchemaNode& node, const Json::Member& member, int depth) {
    if (!node.other_properties) return true;
    if (!nodes_[*node.other_properties].never)
        return value(*node.other_properties, member.value, depth + 1);
    std::string names;
    for (const auto& [name, schema] : node.properties)
        if (!append_word(names, name)) break;
    return fault(names.empty() ? "is not known; nothing is wanted here"
                               : "is not known; there are " + names);
}

bool SchemaCheck::needs(const std::vector<std::string>& names, const Json& value,
                        std::string_view why) {
    for (const auto& name : names) {
        if (value.find(name)) continue;
        fault(std::string(why));
        return fault_in(name);
    }
    return true;
}

bool SchemaCheck::combined(const SchemaNode& node, const Json& value, int depth) {
    for (const auto schema : node.all_of)
        if (!this->value(schema, value, depth + 1)) return false;
    if (!node.any_of.empty() || !node.one_of.empty())
        if (!alternatives(node, value, depth)) return false;
    if (node.not_ && tried(*node.not_, value, depth + 1))
        return fault("is just what it must not be");
    if (!node.if_) return true;
    const auto& then = tried(*node.if_, value, depth + 1) ? node.then_ : node.else_;
    return !then || this->value(*then, value, depth + 1);
}

bool SchemaCheck::alternatives(const SchemaNode& node, const Json& value, int depth) {
    // What is wrong with the alternative that got furthest is most likely what was meant.
    std::string nearest_detail, nearest_pointer;
    const auto fits = [&](Index schema) {
        if (this->value(schema, value, depth + 1)) return true;
        if (nearest_detail.empty() || pointer_.size() > nearest_pointer.size()) {
            nearest_detail = detail_;
            nearest_pointer = pointer_;
        }
        return false;
    };
    const auto none = [&](std::size_t count) {
        fault(fmt::format("{} (the nearest of {} alternatives)", nearest_detail, count));
        pointer_ = nearest_pointer;
        return false;
    };
    if (!node.any_of.empty() && std::ranges::none_of(node.any_of, fits))
        return none(node.any_of.size());
    if (node.one_of.empty()) return true;
    nearest_detail.clear();
    nearest_pointer.clear();
    const auto count = std::ranges::count_if(node.one_of, fits);
    if (count == 0) return none(node.one_of.size());
    return count == 1 ||
           fault(fmt::format("fits {} alternatives, of which it must fit one", count));
}

bool SchemaCheck::tried(Index schema, const Json& inner, int depth) {
    const std::string detail = detail_, pointer = pointer_;
    const bool fits = value(schema, inner, depth);
    detail_ = detail;
    pointer_ = pointer;
    return fits;
}

}  // namespace lifeline::tools
