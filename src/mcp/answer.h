#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "call/action.h"
#include "contract/event.h"

namespace lifeline::mcp {

// What an agent is told about an action it asked for or asks after.
struct ActionAnswer {
    std::string json;
    bool is_error = false;  // It was not done, and will not be.
};

// `repeated`: this very request was made before. `outcome` is the event that ended it (or rejected
// it), where there is one.
ActionAnswer action_answer(const call::Action& action, bool repeated,
                           const std::optional<contract::Event>& outcome);

}  // namespace lifeline::mcp
