#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/settings.h"
#include "base/result.h"
#include "net/ip_address.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace lifeline::app {

// One [agents.NAME]: how it takes part, and what thinks for it.
struct AgentConfig {
    agent::AgentSettings settings = {};
    std::string driver = {};       // "openai", "openclaw", "scripted"
    std::string system_file = {};  // Whose text the persona is; may be empty.
    // openai
    std::string profile = "generic";
    std::string base_url = {};
    std::string model = {};
    std::vector<std::string> fallback_models = {};
    std::string key_file = {};
    std::string key_env = {};
    Millis idle{20'000};
    // openclaw; its token is the key
    net::Peer gateway = {};
    std::string gateway_host = {};  // As it was written.
    std::string gateway_agent = "main";
    // scripted
    std::string rules_json = {};  // Empty: the standard ones.
    std::string rules_file = {};  // Where they are from.
    // Which settings the file names; what is not here has its default.
    std::set<std::string, std::less<>> given = {};
};

// config_invalid, naming the line and the setting.
Result<void> read_agents(const toml::node& node, std::vector<AgentConfig>& into);

}  // namespace lifeline::app
