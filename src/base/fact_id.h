#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace lifeline {

// "mr_9f3a...": an id that follows from a fact, so that whoever finds the fact again finds the same
// id. The prefix, and the first 20 bytes, in hexadecimal, of the SHA-256 over the fields, each
// after its length (4 bytes, big-endian): no two lists of fields have the same bytes.
std::string fact_id(std::string_view prefix, std::span<const std::string_view> fields);
std::string fact_id(std::string_view prefix, std::initializer_list<std::string_view> fields);

}  // namespace lifeline
