#pragma once

#include <string>
#include <vector>

#include "agent/decide_turn.h"
#include "agent/prompt.h"
#include "agent/spend.h"
#include "base/clock.h"

namespace lifeline::agent {

// One agent that the server runs, as its configuration says, without what thinks for it.
struct AgentSettings {
    std::string name = {};     // of [agents.NAME]
    std::string user_id = {};  // the participant that it is
    std::string display_name = {};
    std::string persona = {};
    bool joins_all = false;
    bool all_tools = true;
    std::vector<std::string> tools = {};  // Otherwise these.
    // Of which tools the actions that have not begun are called off when somebody talks over the
    // turn that asked for them; "*": of all.
    std::vector<std::string> cancel_on_interrupt = {};
    Pace pace = {};
    Window window = {};
    Caps caps = {};
    Prices prices = {};
    int rounds_max = 8;                      // Model calls in one turn.
    std::int64_t output_tokens_max = 4'096;  // Of one model call.
    Millis model_timeout{60'000};            // Of one model call.
    Millis action_wait{15'000};              // How long a turn waits for what needs no person.
    std::string failure_text = "I could not reach my model. Please say it again, or wait a moment.";
    std::string quota_text = "I have used up what I may spend for now, so I cannot answer.";
};

}  // namespace lifeline::agent
