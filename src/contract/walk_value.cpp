// The part of the walk that looks at single values.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "contract/limits.h"
#include "contract/scalar.h"
#include "contract/tables.h"
#include "contract/walk.h"

namespace lifeline::contract {
namespace {

// Characters are counted only when bytes leave a doubt.
bool length_allowed(std::string_view text, const Rule& rule) {
    const auto bytes = static_cast<std::int64_t>(text.size());
    const bool surely_long_enough = (bytes + 3) / 4 >= rule.low;
    const bool surely_short_enough = bytes <= rule.high;
    return (surely_long_enough && surely_short_enough) || rule.allows(count_characters(text));
}

}  // namespace

bool Walk::any(int depth) {
    static constexpr Rule any_text{.kind = Kind::text};
    static constexpr Rule any_number{.kind = Kind::number, .low = -unlimited};
    static constexpr Rule any_word{.kind = Kind::any, .nullable = true};
    switch (tokens_->kind(at_)) {
        case '{':
            return open_object(nullptr, depth);
        case '[':
            return array(nullptr, depth);
        case '"':
            return text(any_text);
        case 't':
        case 'f':
        case 'n':
            return word(any_word);
        default:
            return number(any_number);
    }
}

bool Walk::text(const Rule& rule) {
    if (tokens_->kind(at_) != '"') return unexpected_type("string");
    std::string_view meaning;
    if (!meaning_of(at_, meaning)) return false;
    ++at_;
    if (rule.form != Form::none && !matches(rule.form, meaning)) return fault(reason::bad_format);
    if (!length_allowed(meaning, rule)) return out_of_range(rule, "characters");
    if (rule.count == 0) return true;
    const auto words = tables::words.subspan(rule.first, rule.count);
    if (std::ranges::find(words, meaning) != words.end() || strictness_ == Strictness::tolerant)
        return true;
    return fault(reason::unknown_value, fmt::format("one of: {}", fmt::join(words, ", ")));
}

bool Walk::number(const Rule& rule) {
    const char c = tokens_->kind(at_);
    const bool numeric = c == '-' || (c >= '0' && c <= '9');
    if (!numeric) return unexpected_type(rule.kind == Kind::integer ? "integer" : "number");
    const Number number = parse_number(tokens_->raw(at_));
    if (!number.fault.empty()) return fault(number.fault);
    ++at_;
    if (rule.kind == Kind::integer && !number.whole) {
        if (std::abs(number.value) > static_cast<double>(limits::integer_max)) {
            return fault(reason::number_out_of_range);
        }
        return fault(reason::wrong_type, "integer expected");
    }
    if (rule.low == -unlimited && rule.high == unlimited) return true;
    const bool below = number.value < static_cast<double>(rule.low);
    const bool above = number.value > static_cast<double>(rule.high);
    return !(below || above) || out_of_range(rule, "value");
}

// true, false or null, where the rule has them.
bool Walk::word(const Rule& rule) {
    if (at_ >= tokens_->count()) return unexpected_type("value");
    const std::string_view raw = tokens_->raw(at_);
    const bool boolean = raw == "true" || raw == "false";
    const bool known = (boolean && (rule.kind == Kind::boolean || rule.kind == Kind::any)) ||
                       (raw == "null" && rule.nullable);
    if (!known) return unexpected_type("boolean");
    ++at_;
    return true;
}

bool Walk::out_of_range(const Rule& rule, std::string_view what) {
    if (rule.high == unlimited) {
        return fault(reason::out_of_range, fmt::format("{}: {} or more", what, rule.low));
    }
    return fault(reason::out_of_range, fmt::format("{}: {} to {}", what, rule.low, rule.high));
}

}  // namespace lifeline::contract
