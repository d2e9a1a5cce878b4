#include <fmt/format.h>

#include "app/agent_probe.h"
#include "app/checkup.h"

namespace lifeline::app {

// An agent that somebody else runs may have hands of its own.
void Checkup::agents() {
    for (const AgentConfig& agent : config_.agents) {
        if (agent.driver != "openclaw") continue;
        const std::string name = "agent " + agent.settings.name;
        const auto probed = probe_agent(agent);
        if (!probed) {
            note(name, Verdict::warn,
                 fmt::format("{} does not say which tools it has: {}", agent.gateway_host,
                             probed.error().detail),
                 "start it, or see docs/openclaw.md; lifeline agent probe asks again");
            continue;
        }
        const auto past = probed->past_the_gates();
        if (past.empty() && !probed->passed())
            note(name, Verdict::warn,
                 "lists no tool of its own that leads past the gates; those of its MCP servers are "
                 "not listed before a turn (lifeline agent probe --session)",
                 probed->advice());
        else if (past.empty())
            note(name, Verdict::ok, "has no tool that leads past the gates");
        else
            note(name, Verdict::warn,
                 fmt::format("{} of its own tools lead past the gates", past.size()),
                 probed->advice());
    }
}

}  // namespace lifeline::app
