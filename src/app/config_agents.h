#pragma once

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
    std::string driver = {};  // "openai", "openclaw", "scripted"
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
};

// config_invalid, naming the line and the setting.
Result<void> read_agents(const toml::node& node, std::vector<AgentConfig>& into);

}  // namespace lifeline::app
