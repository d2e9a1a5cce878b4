#include "app/agent_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/openclaw_tool_probe.h"
#include "app/agents.h"
#include "base/asio_loop.h"
#include "base/random.h"

namespace lifeline::app {

using agent::openclaw::Inventory;
using agent::openclaw::OwnTool;
using agent::openclaw::Reach;

std::vector<OwnTool> AgentProbe::past_the_gates() const {
    std::vector<OwnTool> past;
    for (const OwnTool& tool : found.tools)
        if (agent::openclaw::is_past_the_gates(tool.reach)) past.push_back(tool);
    return past;
}

bool AgentProbe::sees_ours() const {
    return std::ranges::find(found.tools, Reach::gated, &OwnTool::reach) != found.tools.end();
}

std::string AgentProbe::advice() const {
    std::string names;
    for (const OwnTool& tool : past_the_gates())
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", tool.id);
    if (names.empty() && !found.complete)
        return "The tools of its MCP servers are known once it has had a turn in a call: name that "
               "call with --session.";
    if (names.empty()) return {};
    return fmt::format(
        "What it does with these nobody is asked about, and nothing here records it. In the "
        "gateway's configuration: \"tools\": {{\"profile\": \"minimal\", \"deny\": [{}]}}; see "
        "docs/openclaw.md.",
        names);
}

Result<AgentProbe> probe_agent(const AgentConfig& config, const std::string& session_id) {
    if (config.driver != "openclaw") return AgentProbe();
    auto key = agent_key(config);
    if (!key) return fail(key.error());
    AsioLoop loop;
    SystemRandom random;
    Result<Inventory> outcome = fail(Code::unavailable, "peer_unavailable", "no answer");
    std::optional<agent::OpenClawToolProbe> probe;
    loop.post([&] {
        probe.emplace(loop, random,
                      agent::OpenClawToolProbe::Options{.gateway = config.gateway,
                                                        .host = config.gateway_host,
                                                        .token = key->reveal(),
                                                        .agent_id = config.gateway_agent,
                                                        .session_id = session_id},
                      [&](Result<Inventory> found) {
                          outcome = std::move(found);
                          probe.reset();
                          loop.stop();
                      });
    });
    loop.run();
    if (!outcome) return fail(outcome.error());
    return AgentProbe{*std::move(outcome)};
}

}  // namespace lifeline::app
