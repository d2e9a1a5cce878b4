#pragma once

#include <cstdint>
#include <string_view>

namespace lifeline::contract {

// The forms a text can have: one for each `pattern` of schema/v1/words.json, with the same name.
enum class Form : std::uint8_t {
    none,
    event_id,
    stream,
    call_id,
    document_id,
    account_id,
    id,
    timestamp,
    word,
    sha256,
    quantity,
    amount,
    currency,
    language,
    window,
    json_pointer,
    digits,
    code,
};

// By hand rather than by a regular expression: this runs for every field of every event. The tests
// hold each matcher against its pattern.
bool matches(Form form, std::string_view text);

}  // namespace lifeline::contract
