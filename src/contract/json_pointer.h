#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"

namespace lifeline::contract {

// JSON pointers (RFC 6901) that somebody wrote down: in a schema, a policy, a tool's display.
// contract/pointer.h builds those that name a fault.

// The steps, unescaped; nothing when it is no pointer. The empty pointer has none: all of it.
std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer);

// One step of a pointer: `/` and the key, escaped.
std::string pointer_step(std::string_view key);

// What one step leads to: a member, or an item by its position as digits.
std::optional<Json> take_step(const Json& json, std::string_view step);

// What a pointer leads to, if it is a pointer and something is there.
std::optional<Json> find_at(const Json& json, std::string_view pointer);

}  // namespace lifeline::contract
