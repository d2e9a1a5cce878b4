#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/pattern.h"
#include "tools/schema.h"

namespace lifeline::tools {

// A bit for each type that JSON Schema names; an integer is a number too.
enum SchemaType : std::uint8_t {
    type_null = 1,
    type_boolean = 2,
    type_integer = 4,
    type_number = 8,
    type_string = 16,
    type_array = 32,
    type_object = 64,
};

struct CountRange {
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;
};

// One schema, with every keyword in the form in which it is asked. Other schemas are named by where
// they are in the list, so that one can be used in many places and within itself.
struct SchemaNode {
    using Index = std::uint32_t;
    using Maybe = std::optional<Index>;
    struct Matching {
        Pattern pattern;
        Index schema = 0;
    };

    bool never = false;      // the schema `false`
    std::uint8_t types = 0;  // 0: any
    // `enum` and `const`: canonical JSON, of each list one.
    std::vector<std::vector<std::string>> values;

    std::optional<double> minimum, maximum, above, below, multiple_of;
    CountRange characters, items, contained, members;

    std::optional<Pattern> pattern;
    std::string pattern_text;

    std::vector<Index> first_items;  // `prefixItems`, or a list under `items`
    Maybe other_items;
    Maybe contains;
    bool unique = false;

    std::vector<std::string> required;
    std::map<std::string, Index, std::less<>> properties;
    std::vector<Matching> matching;  // `patternProperties`
    Maybe other_properties;
    Maybe property_names;
    std::map<std::string, std::vector<std::string>, std::less<>> required_with;
    std::map<std::string, Index, std::less<>> schema_with;

    std::vector<Index> all_of, any_of, one_of;
    Maybe not_, if_, then_, else_, ref;
};

struct Schema::Content {
    std::vector<SchemaNode> nodes;  // the first is the root
};

}  // namespace lifeline::tools
