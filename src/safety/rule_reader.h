#pragma once

#include <string>
#include <vector>

#include "contract/json.h"
#include "safety/fields.h"
#include "safety/rule.h"

namespace lifeline::safety {

// One of [[rules]]. What is wrong is added to `faults`.
Rule read_rule(const contract::Json& json, const std::string& pointer, std::vector<Path>& paths,
               Faults& faults);

}  // namespace lifeline::safety
