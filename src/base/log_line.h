#pragma once

#include <string>
#include <string_view>

namespace lifeline::log {

// A message as a JSON line has it: whole, and before it the fields that it begins with (request=,
// session=), by which such lines are searched. What stands further back may be a client's words and
// becomes no field.
std::string json_members(std::string_view message);

}  // namespace lifeline::log
