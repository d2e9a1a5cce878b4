#pragma once

#include <cstdint>
#include <string_view>

namespace lifeline::tools {

// What JSON Schema has words for, from draft 4 to 2020-12.
enum class Keyword : std::uint8_t {
    type,
    enum_,
    const_,
    minimum,
    maximum,
    exclusive_minimum,
    exclusive_maximum,
    multiple_of,
    min_length,
    max_length,
    pattern,
    items,
    prefix_items,
    additional_items,
    contains,
    min_contains,
    max_contains,
    unique_items,
    min_items,
    max_items,
    required,
    properties,
    pattern_properties,
    additional_properties,
    property_names,
    dependent_required,
    dependent_schemas,
    dependencies,
    min_properties,
    max_properties,
    all_of,
    any_of,
    one_of,
    not_,
    if_,
    then_,
    else_,
    ref,
    uncheckable,  // Would ask for something, but this checker cannot.
    annotation,   // Asks for nothing: title, format, $defs, or a word that is not of JSON Schema.
};

Keyword keyword_from(std::string_view text);

}  // namespace lifeline::tools
