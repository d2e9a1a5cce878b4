#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/reason.h"
#include "tools/schema_circles.h"
#include "tools/schema_keywords.h"
#include "tools/schema_node.h"

namespace lifeline::tools {

using contract::Json;

namespace {

constexpr std::size_t pointer_bytes_max = 2'048;

constexpr std::pair<std::string_view, std::uint8_t> types[] = {
    {"null", type_null},     {"boolean", type_boolean}, {"integer", type_integer},
    {"number", type_number}, {"string", type_string},   {"array", type_array},
    {"object", type_object}};

// "#/$defs/a%20b" -> "/$defs/a b"
std::optional<std::string> fragment(std::string_view text) {
    if (!text.starts_with('#')) return std::nullopt;
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = from_hex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1) return std::nullopt;
        out += *byte;
        i += 2;
    }
    return out;
}

// Reads a schema and all that it holds or refers to. The first fault is kept, with its pointer.
class Compiler {
public:
    explicit Compiler(Json root) : root_(std::move(root)) {}

    Result<std::vector<SchemaNode>> compile() {
        node_at("", root_);
        // References may lead to schemas that nothing else leads to, which may refer on.
        while (status_ && !waiting_.empty()) {
            const auto [pointer, node] = waiting_.back();
            waiting_.pop_back();
            read(pointer, *contract::find_at(root_, pointer), node);
        }
        if (status_ && leads_to_itself(nodes_)) refuse("", "a $ref leads back to itself");
        if (!status_) return fail(status_.error());
        return std::move(nodes_);
    }

private:
    using Index = SchemaNode::Index;

    // The schema at a pointer, once: what is referred to from many places is one.
    Index node_at(const std::string& pointer, const Json& json) {
        if (const auto known = by_pointer_.find(pointer); known != by_pointer_.end())
            return known->second;
        const auto node = static_cast<Index>(nodes_.size());
        if (pointer.size() > pointer_bytes_max) refuse("", "its names are too long");
        nodes_.emplace_back();
        by_pointer_.emplace(pointer, node);
        if (!json.is_object() && json.kind() != Json::Kind::boolean)
            refuse(pointer, "must be a schema: an object, true or false");
        else
            waiting_.emplace_back(pointer, node);
        return node;
    }

    void read(const std::string& pointer, const Json& json, Index index) {
        SchemaNode node;
        if (json.kind() == Json::Kind::boolean) {
            node.never = !*json.as_bool();
        } else {
            for (const auto& [key, value] : json.members()) {
                at_ = pointer + contract::pointer_step(key);
                read_keyword(node, key, value);
                if (!status_) return;
            }
            // As draft 4 has it: the bound is the same, and does not count itself.
            if (json.find("exclusiveMinimum") && json.find("exclusiveMinimum")->as_bool() == true)
                std::swap(node.above, node.minimum);
            if (json.find("exclusiveMaximum") && json.find("exclusiveMaximum")->as_bool() == true)
                std::swap(node.below, node.maximum);
        }
        nodes_[index] = std::move(node);
    }

    void read_keyword(SchemaNode& node, std::string_view key, const Json& value) {
        switch (keyword_from(key)) {
            case Keyword::type:
                return read_types(node, value);
            case Keyword::enum_:
                return read_enum(node, value);
            case Keyword::const_:
                node.values.push_back({contract::canonical_json(value)});
                return;
            case Keyword::minimum:
                return number(value, node.minimum);
            case Keyword::maximum:
                return number(value, node.maximum);
            case Keyword::exclusive_minimum:
                return value.as_bool() ? void() : number(value, node.above);
            case Keyword::exclusive_maximum:
                return value.as_bool() ? void() : number(value, node.below);
            case Keyword::multiple_of:
                number(value, node.multiple_of);
                if (node.multiple_of && *node.multiple_of <= 0) refuse(at_, "must be above 0");
                return;
            case Keyword::min_length:
                return count(value, node.characters.least);
            case Keyword::max_length:
                return count(value, node.characters.most);
            case Keyword::min_items:
                return count(value, node.items.least);
            case Keyword::max_items:
                return count(value, node.items.most);
            case Keyword::min_contains:
                return count(value, node.contained.least);
            case Keyword::max_contains:
                return count(value, node.contained.most);
            case Keyword::min_properties:
                return count(value, node.members.least);
            case Keyword::max_properties:
                return count(value, node.members.most);
            case Keyword::pattern:
                return read_pattern(node, value);
            case Keyword::items:
                if (value.is_array()) return schemas(value, node.first_items);
                return schema(value, node.other_items);
            case Keyword::prefix_items:
                return schemas(value, node.first_items);
            case Keyword::additional_items:
                return additional_items(node, value);
            case Keyword::contains:
                return schema(value, node.contains);
            case Keyword::unique_items:
                if (!value.as_bool()) return refuse(at_, "must be true or false");
                node.unique = *value.as_bool();
                return;
            case Keyword::required:
                return texts(value, at_, node.required);
            case Keyword::properties:
                return named_schemas(value, node.properties);
            case Keyword::pattern_properties:
                return read_pattern_properties(node, value);
            case Keyword::additional_properties:
                return schema(value, node.other_properties);
            case Keyword::property_names:
                return schema(value, node.property_names);
            case Keyword::dependent_required:
            case Keyword::dependent_schemas:
            case Keyword::dependencies:
                return dependents(node, key, value);
            case Keyword::all_of:
                return schemas(value, node.all_of);
            case Keyword::any_of:
                return schemas(value, node.any_of);
            case Keyword::one_of:
                return schemas(value, node.one_of);
            case Keyword::not_:
                return schema(value, node.not_);
            case Keyword::if_:
                return schema(value, node.if_);
            case Keyword::then_:
                return schema(value, node.then_);
            case Keyword::else_:
                return schema(value, node.else_);
            case Keyword::ref:
                return reference(node, value);
            case Keyword::uncheckable:
                // What asks for nothing can stay.
                if (value.as_bool() == true || (value.is_object() && value.members().empty()))
                    return;
                return refuse(at_, "is a keyword that cannot be checked here");
            case Keyword::annotation:
                return;
        }
    }

    void read_types(SchemaNode& node, const Json& value) {
        auto list = value.items();
        if (value.is_text()) list.push_back(value);
        for (const auto& item : list) {
            const auto* known =
                std::ranges::find(types, item.as_text().value_or(""),
                                  &std::pair<std::string_view, std::uint8_t>::first);
            if (known == std::end(types)) return refuse(at_, "names no type of JSON Schema");
            node.types = static_cast<std::uint8_t>(node.types | known->second);
        }
        if (list.empty()) refuse(at_, "must be a type or a list of types");
    }

    void read_enum(SchemaNode& node, const Json& value) {
        if (!value.is_array()) return refuse(at_, "must be a list");
        auto& list = node.values.emplace_back();
        for (const auto& item : value.items()) list.push_back(contract::canonical_json(item));
    }

    void number(const Json& value, std::optional<double>& into) {
        if (!value.as_number()) return refuse(at_, "must be a number");
        into = value.as_number();
    }

    void count(const Json& value, std::optional<std::int64_t>& into) {
        const auto whole = value.as_integer();
        if (!whole || *whole < 0) return refuse(at_, "must be a whole number from 0");
        into = whole;
    }

    std::optional<Pattern> pattern(std::string_view text) {
        auto compiled = Pattern::compile(text);
        if (compiled) return *compiled;
        refuse(at_, compiled.error().detail);
        return std::nullopt;
    }

    void read_pattern(SchemaNode& node, const Json& value) {
        if (!value.is_text()) return refuse(at_, "must be a text");
        node.pattern_text = *value.as_text();
        node.pattern = pattern(node.pattern_text);
    }

    void read_pattern_properties(SchemaNode& node, const Json& value) {
        if (!value.is_object()) return refuse(at_, "must be an object of schemas");
        for (const auto& [key, inner] : value.members()) {
            const auto compiled = pattern(key);
            if (!compiled) return;
            node.matching.push_back({*compiled, node_at(at_ + contract::pointer_step(key), inner)});
        }
    }

    void schema(const Json& value, SchemaNode::Maybe& into) { into = node_at(at_, value); }

    void schemas(const Json& value, std::vector<Index>& into) {
        const auto items = value.items();
        if (items.empty()) return refuse(at_, "must be a list of schemas");
        for (std::size_t i = 0; i < items.size(); ++i)
            into.push_back(node_at(fmt::format("{}/{}", at_, i), items[i]));
    }

    void named_schemas(const Json& value, std::map<std::string, Index, std::less<>>& into) {
        if (!value.is_object()) return refuse(at_, "must be an object of schemas");
        for (const auto& [key, inner] : value.members())
            into.emplace(key, node_at(at_ + contract::pointer_step(key), inner));
    }

    // Means something only beside a list under `items`; which may come later, so that is looked up.
    void additional_items(SchemaNode& node, const Json& value) {
        const auto parent = at_.substr(0, at_.rfind('/'));
        const auto items = contract::find_at(root_, parent)->find("items");
        if (items && items->is_array()) schema(value, node.other_items);
    }

    void texts(const Json& value, const std::string& at, std::vector<std::string>& into) {
        if (!value.is_array()) return refuse(at, "must be a list of names");
        for (const auto& item : value.items()) {
            if (!item.is_text()) return refuse(at, "must be a list of names");
            into.emplace_back(*item.as_text());
        }
    }

    // `dependencies` of draft 7 is both of what came after it.
    void dependents(SchemaNode& node, std::string_view key, const Json& value) {
        if (!value.is_object()) return refuse(at_, "must be an object");
        for (const auto& [name, inner] : value.members()) {
            const bool names =
                key == "dependencies" ? inner.is_array() : key == "dependentRequired";
            if (names)
                texts(inner, at_ + contract::pointer_step(name),
                      node.required_with[std::string(name)]);
            else
                node.schema_with.emplace(name, node_at(at_ + contract::pointer_step(name), inner));
        }
    }

    void reference(SchemaNode& node, const Json& value) {
        const auto text = value.as_text().value_or("");
        const auto pointer = fragment(text);
        if (!pointer || !contract::pointer_steps(*pointer))
            return refuse(at_, "can only refer into the same schema: #/$defs/...");
        const auto target = contract::find_at(root_, *pointer);
        if (!target) return refuse(at_, fmt::format("refers to {}, which is not there", text));
        node.ref = node_at(*pointer, *target);
    }

    void refuse(std::string_view pointer, std::string_view what) {
        if (status_)
            status_ = contract::refuse(contract::reason::schema_invalid, std::string(what),
                                       std::string(pointer));
    }

    Json root_;
    std::vector<SchemaNode> nodes_;
    std::map<std::string, Index, std::less<>> by_pointer_;
    std::vector<std::pair<std::string, Index>> waiting_;
    std::string at_;  // the keyword that is being read
    Result<void> status_;
};

}  // namespace

Result<Schema> Schema::compile(std::string_view json) {
    if (json.size() > schema_bytes_max)
        return contract::refuse(contract::reason::schema_invalid,
                                fmt::format("a schema has at most {} bytes", schema_bytes_max));
    const auto root = Json::parse(json);
    if (!root)
        return contract::refuse(
            contract::reason::schema_invalid,
            fmt::format("it is not JSON as the contract has it ({})", root.error().reason));
    auto nodes = Compiler(*root).compile();
    if (!nodes) return fail(nodes.error());
    auto content = std::make_shared<Content>();
    content->nodes = *std::move(nodes);
    return Schema(std::move(content));
}

}  // namespace lifeline::tools
