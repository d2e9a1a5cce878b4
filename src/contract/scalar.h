#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The strings and numbers of JSON, strictly: what the contract refuses inside them is refused here.
// A fault is a reason of errors.json, or empty when all is well.
namespace lifeline::contract {

// `inner` is what stands between the quotes.
inline bool has_escapes(std::string_view inner) {
    return inner.find('\\') != std::string_view::npos;
}

// Appends the text that `inner` means. Faults: an escape that JSON does not have, half a surrogate
// pair, U+0000.
std::string_view unescape(std::string_view inner, std::string& out);

// Unicode characters of valid UTF-8.
std::size_t count_characters(std::string_view text);

struct Number {
    std::string_view fault = {};
    bool whole = false;        // Its value is an integer within 2^53, however it is spelled.
    std::int64_t integer = 0;  // when whole
    double value = 0;
};

// Faults: not a number of JSON, beyond a double, an integer literal beyond 2^53.
Number parse_number(std::string_view raw);

}  // namespace lifeline::contract
