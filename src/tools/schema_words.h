#pragma once

#include <string>
#include <string_view>

#include "tools/schema_node.h"

// How a fault is put into words.
namespace lifeline::tools {

// "a string or null"
std::string type_words(std::uint8_t types);

// "must have at most 3 items", or nothing where the count is right.
std::string out_of(const CountRange& range, std::int64_t count, std::string_view what);

// Adds one more to a list of words; false when there are enough of them for anybody.
bool append_word(std::string& list, std::string_view word);

// Details go back to a model and into the journal: not longer than somebody reads, and cut between
// two characters.
std::string shortened(std::string detail);

}  // namespace lifeline::tools
