#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "contract/form.h"

namespace lifeline::contract {

enum class Kind : std::uint8_t {
    any,
    object,
    array,
    text,
    integer,
    number,
    boolean,
    deferred,  // Skipped by the walk; its reader knows the rule only later (an event's payload).
};

inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

// What one JSON value must be: a row of the flat tables into which tools/schemagen.py turns the
// schema. Positions are into tables::fields, words, rules or choices, as the kind says.
struct Rule {
    Kind kind = Kind::any;
    Form form = Form::none;           // text
    bool nullable = false;            // null is as good
    bool closed = false;              // object: no other fields than these
    std::uint16_t first = 0;          // object: fields; array: the rule of its items; text: words
    std::uint16_t count = 0;          // of the fields or words
    std::uint16_t choices_first = 0;  // object: sets of fields, exactly one of which must be whole
    std::uint16_t choices_count = 0;
    std::uint64_t required = 0;  // object: a bit for each field
    std::int64_t low = 0;        // text: characters; array: items; object: fields; numbers: value
    std::int64_t high = unlimited;

    bool allows(std::size_t size) const {
        return static_cast<std::int64_t>(size) >= low && static_cast<std::int64_t>(size) <= high;
    }
};

struct FieldRule {
    std::string_view name;
    std::uint16_t rule;
};

}  // namespace lifeline::contract
