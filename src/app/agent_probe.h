#pragma once

#include <string>
#include <vector>

#include "agent/openclaw_tools.h"
#include "app/config_agents.h"
#include "base/result.h"

namespace lifeline::app {

// What an agent could do past the gates: the tools that are its own and not Lifeline's.
struct AgentProbe {
    std::vector<agent::openclaw::OwnTool> tools = {};

    std::vector<agent::openclaw::OwnTool> past_the_gates() const;
    bool passed() const { return past_the_gates().empty(); }
    // Whether it sees Lifeline's own; it may see them only once it has had a turn.
    bool sees_ours() const;
    // What to do, where it did not pass.
    std::string advice() const;
};

// Asks whoever runs the agent; blocks. Agents that this server runs itself have no tools but those
// that it gives them, and are not asked.
Result<AgentProbe> probe_agent(const AgentConfig& config);

}  // namespace lifeline::app
