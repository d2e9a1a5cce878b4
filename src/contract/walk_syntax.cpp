// The part of the walk that is the same for every rule: the grammar of JSON, keys, and faults with
// their pointers.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "contract/pointer.h"
#include "contract/scalar.h"
#include "contract/tables.h"
#include "contract/walk.h"

namespace lifeline::contract {

std::string_view Found::meaning(std::string_view text, std::size_t slot) const {
    const Slot& entry = slots[slot];
    if (entry.escaped) {
        return std::string_view(meanings).substr(entry.meaning_at, entry.meaning_size);
    }
    if (entry.size < 2 || text[entry.at] != '"') return {};
    return text.substr(entry.at + 1, entry.size - 2);
}

// The key and its colon. The view holds until the next string with escapes is read.
bool Walk::read_key(std::string_view& key) {
    if (tokens_->kind(at_) != '"' || tokens_->kind(at_ + 1) != ':') {
        return fault(reason::json_invalid, "a key and a colon expected");
    }
    if (!meaning_of(at_, key)) return false;
    at_ += 2;
    return true;
}

const FieldRule* Walk::find_field(const Rule& rule, std::string_view name, std::uint32_t& hint) {
    for (std::uint32_t index = 0; index < rule.count; ++index) {
        const FieldRule& field = tables::fields[rule.first + index];
        if (field.name != name) continue;
        hint = index + 1;
        return &field;
    }
    return nullptr;
}

bool Walk::check_required(const Rule& rule, std::uint64_t seen) {
    if (const std::uint64_t missing = rule.required & ~seen; missing != 0) {
        const auto index = static_cast<std::size_t>(std::countr_zero(missing));
        fault(reason::missing_field);
        return fault_in(tables::fields[rule.first + index].name);
    }
    if (rule.choices_count == 0) return true;
    const auto choices = tables::choices.subspan(rule.choices_first, rule.choices_count);
    const auto whole = std::ranges::count_if(
        choices, [seen](std::uint64_t choice) { return (choice & ~seen) == 0; });
    return whole == 1 ||
           fault(reason::missing_field, "exactly one of the alternatives must be whole");
}

bool Walk::meaning_of(std::uint32_t token, std::string_view& meaning) {
    const std::string_view raw = tokens_->raw(token);
    if (raw.size() < 2 || raw.back() != '"') return fault(reason::json_invalid);
    meaning = raw.substr(1, raw.size() - 2);
    escaped_ = has_escapes(meaning);
    if (!escaped_) return true;
    scratch_.clear();
    const std::string_view wrong = unescape(meaning, scratch_);
    meaning = scratch_;
    return wrong.empty() || fault(wrong);
}

bool Walk::unique_keys(std::size_t from) {
    constexpr std::size_t few = 12;
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(from);
    if (keys_.size() - from <= few) {
        for (auto one = begin; one != keys_.end(); ++one) {
            if (std::find(begin, one, *one) == one) continue;
            fault(reason::duplicate_key);
            return fault_in(*one);
        }
        return true;
    }
    std::sort(begin, keys_.end());
    const auto twin = std::adjacent_find(begin, keys_.end());
    if (twin == keys_.end()) return true;
    fault(reason::duplicate_key);
    return fault_in(*twin);
}

bool Walk::no_separator(char end) {
    return fault(reason::json_invalid, fmt::format("',' or '{}' expected", end));
}

bool Walk::fault(std::string_view reason, std::string detail) {
    reason_ = reason;
    detail_ = std::move(detail);
    pointer_.clear();
    return false;
}

bool Walk::fault_in(std::string_view key) {
    prepend_step(pointer_, key);
    return false;
}

bool Walk::fault_in(std::size_t position) {
    prepend_step(pointer_, position);
    return false;
}

// What stands here is another type, or no JSON at all.
bool Walk::unexpected_type(std::string_view expected) {
    switch (tokens_->kind(at_)) {
        case '{':
        case '[':
        case '"':
            return fault(reason::wrong_type, fmt::format("{} expected", expected));
        default:
            break;
    }
    if (at_ < tokens_->count()) {
        const std::string_view raw = tokens_->raw(at_);
        const Number number = parse_number(raw);
        if (raw == "true" || raw == "false" || raw == "null" || number.fault.empty()) {
            return fault(reason::wrong_type, fmt::format("{} expected", expected));
        }
        if (number.fault == reason::number_out_of_range) return fault(number.fault);
    }
    return fault(reason::json_invalid, fmt::format("{} expected", expected));
}

}  // namespace lifeline::contract
