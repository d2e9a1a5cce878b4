#pragma once

#include <string>
#include <vector>

#include "agent/openclaw_tools.h"
#include "app/config_agents.h"
#include "base/result.h"

namespace lifeline::app {

// What an agent could do past the gates: the tools that are its own and not Lifeline's.
struct AgentProbe {
    agent::openclaw::Inventory found = {};

    std::vector<agent::openclaw::OwnTool> past_the_gates() const;
    // Of what it may have and was not told nobody knows what it leads to.
    bool passed() const { return found.complete && past_the_gates().empty(); }
    // Whether it sees Lifeline's own; it may see them only once it has had a turn.
    bool sees_ours() const;
    // What to do, where it did not pass.
    std::string advice() const;
};

// Asks whoever runs the agent; blocks. Agents that this server runs itself have no tools but those
// that it gives them, and are not asked. `session_id` is a call in which it had a turn: only there
// the tools of its MCP servers are known. Empty: a session of the probe's own.
Result<AgentProbe> probe_agent(const AgentConfig& config, const std::string& session_id = {});

}  // namespace lifeline::app
