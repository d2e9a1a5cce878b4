#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/json.h"
#include "safety/condition.h"
#include "safety/fields.h"

namespace lifeline::safety {

// One entry of a rule's `args`: a path, and one thing to ask of what is there. Its path joins
// `paths`, once. What is wrong is added to `faults`.
Condition read_condition(const contract::Json& json, const std::string& pointer,
                         std::vector<Path>& paths, Faults& faults);

// "/to/* domain_in example.com", for people.
std::string describe_condition(const contract::Json& json);

}  // namespace lifeline::safety
