#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/mcp.h"
#include "tools/tool.h"

// The configuration's `[tools.NAME]` and `[mcp.NAME]` tables, as JSON: an object of them by name. A
// key that is not known, or not for that kind, is refused with `tool_invalid` and its pointer
// (`/send_email/timeout_ms`): a misspelt limit must not be no limit.
namespace lifeline::tools {

Result<std::vector<Tool>> read_tools(std::string_view json);
Result<std::vector<McpServer>> read_mcp_servers(std::string_view json);

// One of them as JSON, with its `name` beside what `read_tools` takes; every value is there, also
// where it is the default.
std::string show_tool(const Tool& tool);
std::string show_mcp_server(const McpServer& server);

}  // namespace lifeline::tools
