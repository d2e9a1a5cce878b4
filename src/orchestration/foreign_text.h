#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text and JSON as strangers write them, made into what the contract takes. Pure.
namespace lifeline::orchestration {

// Valid UTF-8: what is none is U+FFFD.
std::string valid_utf8(std::string_view text);

// The bytes of the character that valid UTF-8 begins with; 0 for none.
std::size_t character_bytes(std::string_view text);

// JSON that is right but more than the contract takes: integers beyond 2^53 and numbers beyond a
// double become strings of their digits, U+0000, halves of surrogate pairs and bytes that are no
// UTF-8 become U+FFFD. All else stays as it is, right or wrong.
std::string tame_json(std::string_view json);

}  // namespace lifeline::orchestration
