#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"

// Which tools an agent of OpenClaw has, as its gateway says (`tools.effective`), and which of them
// lead past Lifeline's gates. Pure.
namespace lifeline::agent::openclaw {

// What a tool of the agent's own could do without anybody's yes.
enum class Reach : std::uint8_t {
    gated,       // Lifeline's own: behind its gates.
    harmless,    // Known to read what is there already, and nothing else.
    executes,    // Runs programs, or has others do so.
    writes,      // Files.
    sends,       // To people, to other agents, into the network.
    configures,  // The gateway itself, and so whatever holds the agent.
    unknown,     // Counts as the worst: nobody here knows what it does.
};

std::string_view to_text(Reach reach);  // "executes"
inline bool is_past_the_gates(Reach reach) {
    return reach != Reach::gated && reach != Reach::harmless;
}

struct OwnTool {
    std::string id;
    std::string source;  // core, plugin, channel, mcp; empty where it does not say.
    Reach reach = Reach::unknown;

    friend bool operator==(const OwnTool&, const OwnTool&) = default;
};

struct Inventory {
    std::vector<OwnTool> tools;
    // The tools of all its MCP servers are among them. A gateway lists those of a session that has
    // had a turn; before that it says that they are missing.
    bool complete = true;
};

// `server` is the name under which the agent knows Lifeline's MCP door. A server of another name is
// another server, however its tools are called.
Inventory inventory_in(const contract::Json& payload, std::string_view server);

std::string effective_tools_request(std::string_view id, std::string_view agent_id,
                                    std::string_view session_key);
std::string create_session_request(std::string_view id, std::string_view agent_id,
                                   std::string_view session_key);

}  // namespace lifeline::agent::openclaw
