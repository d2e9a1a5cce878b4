#pragma once

#include <vector>

#include "agent/driver.h"
#include "agent/settings.h"
#include "tools/registry.h"

namespace lifeline::agent {

// The tools that an agent's model may call: its own two, and of the registry's those that agents
// may ask for and this one is given.
std::vector<ToolOffer> offers_to(const AgentSettings& settings, const tools::Registry& registry);

}  // namespace lifeline::agent
