#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/driver.h"
#include "base/result.h"

// The two tools that are no actions: the agent says which mode the application is in and what the
// person wants, and the turn makes events of it.
namespace lifeline::agent::own_tools {

inline constexpr std::string_view set_mode = "set_mode";
inline constexpr std::string_view note_intent = "note_intent";

std::vector<ToolOffer> offers();

struct Mode {
    std::string mode;
    std::string state = "activated";
    std::string reason = "the agent decided so";
    std::string context_json;
};
struct Intent {
    std::string intent;
    double confidence = 1.0;
    std::string slots_json;
};

// args_invalid, in words for a model.
Result<Mode> read_mode(std::string_view args_json);
Result<Intent> read_intent(std::string_view args_json);

}  // namespace lifeline::agent::own_tools
