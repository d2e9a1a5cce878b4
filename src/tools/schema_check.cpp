#include "tools/schema_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "contract/canonical.h"
#include "contract/pointer.h"
#include "contract/reason.h"
#include "contract/scalar.h"
#include "tools/schema_words.h"

namespace lifeline::tools {

namespace {

// More than any honest schema needs over a value of depth 32, and little enough for any stack.
constexpr int depth_max = 256;
constexpr std::size_t steps_per_schema = 16;

std::uint8_t type_of(const contract::Json& value) {
    using Kind = contract::Json::Kind;
    switch (value.kind()) {
        case Kind::null:
            return type_null;
        case Kind::boolean:
            return type_boolean;
        case Kind::number:
            return value.as_integer() ? type_integer | type_number : type_number;
        case Kind::text:
            return type_string;
        case Kind::array:
            return type_array;
        case Kind::object:
            return type_object;
    }
    return 0;
}

bool is_multiple(double number, double of) {
    const double quotient = number / of;
    // 19.99 is a multiple of 0.01 for everybody but a double.
    return std::isfinite(quotient) &&
           std::abs(quotient - std::round(quotient)) <= 1e-9 * std::max(1.0, std::abs(quotient));
}

}  // namespace

Result<void> SchemaCheck::run(const Json& value) {
    const bool fits = this->value(0, value, 0);
    if (too_deep_ || budget_.spent())
        return contract::refuse(contract::reason::args_invalid,
                                "checking this against its schema takes too long; send less");
    if (fits) return {};
    return contract::refuse(contract::reason::args_invalid, detail_, pointer_);
}

bool SchemaCheck::value(Index schema, const Json& value, int depth) {
    if (depth > depth_max) {
        too_deep_ = true;
        return false;
    }
    if (!spend(steps_per_schema)) return false;
    const SchemaNode& node = nodes_[schema];
    if (node.never) return fault("is not wanted here");
    if (node.ref && !this->value(*node.ref, value, depth + 1)) return false;
    if (!type(node, value) || !values(node, value)) return false;
    if (const auto as_number = value.as_number(); as_number && !number(node, *as_number))
        return false;
    if (const auto as_text = value.as_text(); as_text && !text(node, *as_text)) return false;
    if (value.is_array() && !array(node, value, depth)) return false;
    if (value.is_object() && !object(node, value, depth)) return false;
    return combined(node, value, depth);
}

bool SchemaCheck::type(const SchemaNode& node, const Json& value) {
    const std::uint8_t own = type_of(value);
    if (node.types == 0 || (node.types & own) != 0) return true;
    return fault(fmt::format("must be {}, is {}", type_words(node.types), type_words(own)));
}

bool SchemaCheck::values(const SchemaNode& node, const Json& value) {
    if (node.values.empty()) return true;
    const std::string own = contract::canonical_json(value);
    if (!spend(own.size())) return false;
    for (const auto& list : node.values) {
        if (!spend(list.size())) return false;
        if (std::ranges::find(list, own) != list.end()) continue;
        std::string words;
        for (const auto& word : list)
            if (!append_word(words, word)) break;
        return fault(fmt::format("must be {}{}", list.size() == 1 ? "" : "one of ", words));
    }
    return true;
}

bool SchemaCheck::number(const SchemaNode& node, double number) {
    const auto say = [this](std::string_view what, double bound) {
        return fault(fmt::format("must be {} {}", what, contract::canonical_number(bound)));
    };
    if (node.minimum && number < *node.minimum) return say("at least", *node.minimum);
    if (node.maximum && number > *node.maximum) return say("at most", *node.maximum);
    if (node.above && number <= *node.above) return say("above", *node.above);
    if (node.below && number >= *node.below) return say("below", *node.below);
    if (node.multiple_of && !is_multiple(number, *node.multiple_of))
        return say("a multiple of", *node.multiple_of);
    return true;
}

bool SchemaCheck::text(const SchemaNode& node, std::string_view text) {
    if (node.characters.least || node.characters.most) {
        if (!spend(text.size() / 8)) return false;
        const auto count = static_cast<std::int64_t>(contract::count_characters(text));
        if (const auto wrong = out_of(node.characters, count, "characters"); !wrong.empty())
            return fault(wrong);
    }
    if (!node.pattern || node.pattern->found_in(text, budget_)) return true;
    return fault("must match the pattern " + node.pattern_text);
}

bool SchemaCheck::array(const SchemaNode& node, const Json& value, int depth) {
    const auto items = value.items();
    if (!spend(items.size())) return false;
    const auto count = static_cast<std::int64_t>(items.size());
    if (const auto wrong = out_of(node.items, count, "items"); !wrong.empty()) return fault(wrong);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool first = i < node.first_items.size();
        if (!first && !node.other_items) break;
        if (!this->value(first ? node.first_items[i] : *node.other_items, items[i], depth + 1))
            return fault_in(i);
    }
    return contained(node, items, depth) && (!node.unique || unique(items));
}

bool SchemaCheck::contained(const SchemaNode& node, const std::vector<Json>& items, int depth) {
    if (!node.contains) return true;
    const auto count = static_cast<std::int64_t>(std::ranges::count_if(
        items, [&](const Json& item) { return tried(*node.contains, item, depth + 1); }));
    CountRange range = node.contained;
    range.least = range.least.value_or(1);
    const auto wrong = out_of(range, count, "items of the kind that its schema describes");
    return wrong.empty() || fault(wrong);
}

bool SchemaCheck::unique(const std::vector<Json>& items) {
    std::vector<std::pair<std::string, std::size_t>> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
        seen.emplace_back(contract::canonical_json(items[i]), i);
        if (!spend(seen.back().first.size())) return false;
    }
    std::ranges::sort(seen);
    const auto twin = std::ranges::adjacent_find(
        seen, [](const auto& left, const auto& right) { return left.first == right.first; });
    if (twin == seen.end()) return true;
    fault(fmt::format("is the same as item {}", twin->second));
    return fault_in(std::next(twin)->second);
}

bool SchemaCheck::fault(std::string detail) {
    pointer_.clear();
    detail_ = shortened(std::move(detail));
    return false;
}

bool SchemaCheck::fault_in(std::string_view key) {
    contract::prepend_step(pointer_, key);
    return false;
}

bool SchemaCheck::fault_in(std::size_t position) {
    contract::prepend_step(pointer_, position);
    return false;
}

bool SchemaCheck::spend(std::size_t steps) {
    return budget_.spend(static_cast<std::int64_t>(steps));
}

}  // namespace lifeline::tools
