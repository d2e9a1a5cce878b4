#pragma once

#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "tools/mcp.h"
#include "tools/tool.h"

namespace lifeline::app {

// The tools that a server of this configuration has before any MCP server was asked: those that are
// declared, what is there always, and in development one to try things out.
std::vector<tools::Tool> standing_tools(const Config& config);
// Built in, and carried out on the documents of a server that runs.
bool is_of_documents(const tools::Tool& tool);

// What one MCP server offers, asked now, on a loop of its own. Blocks.
Result<tools::McpOffer> ask_offer(const tools::McpServer& server, Millis timeout);

}  // namespace lifeline::app
