#include "tools/schema_keywords.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lifeline::tools {

namespace {

constexpr std::pair<std::string_view, Keyword> keywords[] = {
    {"type", Keyword::type},
    {"enum", Keyword::enum_},
    {"const", Keyword::const_},
    {"minimum", Keyword::minimum},
    {"maximum", Keyword::maximum},
    {"exclusiveMinimum", Keyword::exclusive_minimum},
    {"exclusiveMaximum", Keyword::exclusive_maximum},
    {"multipleOf", Keyword::multiple_of},
    {"minLength", Keyword::min_length},
    {"maxLength", Keyword::max_length},
    {"pattern", Keyword::pattern},
    {"items", Keyword::items},
    {"prefixItems", Keyword::prefix_items},
    {"additionalItems", Keyword::additional_items},
    {"contains", Keyword::contains},
    {"minContains", Keyword::min_contains},
    {"maxContains", Keyword::max_contains},
    {"uniqueItems", Keyword::unique_items},
    {"minItems", Keyword::min_items},
    {"maxItems", Keyword::max_items},
    {"required", Keyword::required},
    {"properties", Keyword::properties},
    {"patternProperties", Keyword::pattern_properties},
    {"additionalProperties", Keyword::additional_properties},
    {"propertyNames", Keyword::property_names},
    {"dependentRequired", Keyword::dependent_required},
    {"dependentSchemas", Keyword::dependent_schemas},
    {"dependencies", Keyword::dependencies},
    {"minProperties", Keyword::min_properties},
    {"maxProperties", Keyword::max_properties},
    {"allOf", Keyword::all_of},
    {"anyOf", Keyword::any_of},
    {"oneOf", Keyword::one_of},
    {"not", Keyword::not_},
    {"if", Keyword::if_},
    {"then", Keyword::then_},
    {"else", Keyword::else_},
    {"$ref", Keyword::ref},
    {"unevaluatedProperties", Keyword::uncheckable},
    {"unevaluatedItems", Keyword::uncheckable},
    {"$dynamicRef", Keyword::uncheckable},
    {"$recursiveRef", Keyword::uncheckable},
    {"extends", Keyword::uncheckable},      // draft 3
    {"disallow", Keyword::uncheckable},     // draft 3
    {"divisibleBy", Keyword::uncheckable},  // draft 3
};

}  // namespace

Keyword keyword_from(std::string_view text) {
    const auto* found =
        std::ranges::find(keywords, text, &std::pair<std::string_view, Keyword>::first);
    return found == std::end(keywords) ? Keyword::annotation : found->second;
}

}  // namespace lifeline::tools
