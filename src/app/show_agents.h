#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "app/config_agents.h"

namespace lifeline::app {

struct ShownSetting {
    std::string name;   // without its table: "model", "caps.day_tokens"
    std::string value;  // JSON
    Source from = Source::standard;
};

// Every setting of an agent as it counts. Never a key: only where it is read from.
std::vector<ShownSetting> show_agent(const AgentConfig& agent);

}  // namespace lifeline::app
