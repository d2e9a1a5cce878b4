#pragma once

#include <string>
#include <string_view>

namespace lifeline::contract {

class Json;

// One spelling for one value: RFC 8785 (keys in the order of their UTF-16 units, the shortest
// escapes, numbers as ECMAScript writes them). Two events are the same when these are. The bytes
// must be JSON that has passed a check.
std::string canonical_json(std::string_view json);
std::string canonical_json(const Json& json);

// A finite number as ECMAScript writes it: the shortest digits that read back as the same double.
std::string canonical_number(double number);

}  // namespace lifeline::contract
