#include "safety/condition.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/scalar.h"
#include "safety/glob.h"

namespace lifeline::safety {

using contract::Json;
using Operator = Condition::Operator;

namespace {

// Nothing: it cannot be told.
using Answer = std::optional<bool>;

// Exactly, whatever its size: a number of JSON, or a decimal string as the contract writes amounts.
std::optional<int> compare(const Json& value, std::int64_t bound) {
    const auto sign = [](auto left, auto right) {
        return left < right ? -1 : left > right ? 1 : 0;
    };
    if (const auto whole = value.as_integer()) return sign(*whole, bound);
    // Beyond 2^53 or with a fraction; the bound is within, and so exact as a double.
    if (const auto number = value.as_number()) return sign(*number, static_cast<double>(bound));
    const auto text = value.as_text();
    if (!text || !contract::matches(contract::Form::amount, *text)) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc::result_out_of_range) return text->starts_with('-') ? -1 : 1;
    return sign(number, bound);
}

std::optional<std::int64_t> length(const Json& value) {
    if (const auto text = value.as_text())
        return static_cast<std::int64_t>(contract::count_characters(*text));
    if (value.is_array()) return static_cast<std::int64_t>(value.items().size());
    return std::nullopt;
}

Answer among(const Condition& condition, const Json& value, Arguments& arguments) {
    const std::string own = contract::canonical_json(value);
    arguments.spend(own.size() / 16 + condition.values.size());
    return std::ranges::find(condition.values, own) != condition.values.end();
}

Answer matches(const Condition& condition, const Json& value, Arguments& arguments) {
    const auto text = value.as_text();
    if (!text) return std::nullopt;
    return std::ranges::any_of(condition.values, [&](const std::string& glob) {
        arguments.spend(text->size() * (1 + glob.size() / 8) / 16);
        return glob_matches(glob, *text);
    });
}

Answer inside(const Condition& condition, const Json& value) {
    const auto domain = domain_of(value.as_text().value_or(""));
    return domain ? Answer(condition.domains.has(*domain)) : std::nullopt;
}

Answer judge(const Condition& condition, const Json& value, Arguments& arguments) {
    switch (condition.op) {
        case Operator::equals:
        case Operator::in:
            return among(condition, value, arguments);
        case Operator::matches:
            return matches(condition, value, arguments);
        case Operator::domain_in:
            return inside(condition, value);
        case Operator::domain_not_in: {
            const auto answer = inside(condition, value);
            return answer ? Answer(!*answer) : answer;
        }
        case Operator::over: {
            const auto order = compare(value, condition.number);
            return order ? Answer(*order > 0) : std::nullopt;
        }
        case Operator::under: {
            const auto order = compare(value, condition.number);
            return order ? Answer(*order < 0) : std::nullopt;
        }
        case Operator::longer_than: {
            arguments.spend(value.as_text().value_or("").size() / 64);
            const auto size = length(value);
            return size ? Answer(*size > condition.number) : std::nullopt;
        }
        case Operator::exists:
            return condition.wanted;
    }
    return std::nullopt;
}

// Whether one value that is so, or may be so, is enough.
bool any_is_enough(Operator op, Outcome then) {
    if (then != Outcome::confirm) return then == Outcome::deny;
    return op == Operator::domain_not_in || op == Operator::over || op == Operator::longer_than ||
           op == Operator::exists;
}

}  // namespace

bool holds(const Condition& condition, Outcome then, Arguments& arguments) {
    const Found& found = arguments.at(condition.path);
    const bool any = any_is_enough(condition.op, then);
    if (found.strange) return any;  // There is something that nobody can judge.
    if (found.values.empty()) return condition.op == Operator::exists && !condition.wanted;
    const auto is_so = [&](const Json& value) {
        arguments.spend(1);
        return judge(condition, value, arguments).value_or(any);
    };
    return any ? std::ranges::any_of(found.values, is_so)
               : std::ranges::all_of(found.values, is_so);
}

}  // namespace lifeline::safety
