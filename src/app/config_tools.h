#pragma once

#include "app/config.h"

namespace lifeline::app {

// [tools.NAME]
Result<void> read_tools(const toml::node& node, Config& config);
// [mcp.NAME]
Result<void> read_mcp_servers(const toml::node& node, Config& config);
// What only holds for both together: a tool's server is one of those.
Result<void> check_tools(const Config& config);

}  // namespace lifeline::app
