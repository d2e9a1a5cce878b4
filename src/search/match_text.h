#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lifeline::search {

// What a person types, as the index reads it: every word must be there, "in this order" between
// quotation marks, and a word that ends in * stands for all that begin so. Everything else is only
// words: nothing that is typed is an instruction to the index.
//
// query_invalid: nothing to look for, a mark that is not closed, too long or too many words.
Result<std::string> match_text(std::string_view typed);

inline constexpr std::size_t typed_bytes_max = 512;
inline constexpr std::size_t typed_words_max = 16;

}  // namespace lifeline::search
