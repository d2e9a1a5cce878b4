#pragma once

#include <string>
#include <vector>

#include "app/config_agents.h"

namespace lifeline::app {

// What a new configuration changes of the agents, as "agents.NAME".
struct AgentChanges {
    std::vector<std::string> applied;        // From their next turn on.
    std::vector<std::string> needs_restart;  // As they were, until the server is started again.
};

// Takes into `agents` what may change while they serve: everything but which agents there are, who
// they are, and what kind of driver thinks for them; and of OpenClaw where its gateway is.
AgentChanges take_agents(std::vector<AgentConfig>& agents, const std::vector<AgentConfig>& next);

}  // namespace lifeline::app
