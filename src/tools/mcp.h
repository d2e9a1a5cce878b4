#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/risk.h"
#include "contract/role.h"
#include "tools/tool.h"

namespace lifeline::contract {
class Json;
}

namespace lifeline::tools {

// A server of the Model Context Protocol whose tools become actions: reached by URL (streamable
// HTTP), or started as a process and spoken to over its standard input and output.
struct McpServer {
    std::string name;
    std::string url;
    std::string token_file;             // url: sent as the bearer
    std::vector<std::string> command;   // the program and its arguments
    std::vector<std::string> env_from;  // names of variables it may see of Lifeline's environment
    std::string prefix;                 // put before its tools' names: `files.` + `read`
    std::vector<std::string> only;      // its tools that become actions; empty: all
    std::map<std::string, contract::Risk, std::less<>> risks;  // over what it says of its own tools
    Millis timeout{30'000};
    contract::RoleSet requesters{contract::Role::agent, contract::Role::service};
};

// What an MCP tool says about itself (its `annotations`). Absent is not the same as false.
struct McpHints {
    std::optional<bool> read_only;
    std::optional<bool> destructive;
    std::optional<bool> idempotent;
    std::optional<bool> open_world;
};

McpHints hints_of(const contract::Json& annotations);

// Hints are claims of whoever wrote the server, so they count as the protocol's defaults have it,
// and where nothing is said the worst is assumed.
contract::Risk risk_of(const McpHints& hints);

// What a server offers, as tools: the `result` of its `tools/list`. Names come with the server's
// prefix, schemas and hints are taken over, a configured risk wins. A tool that cannot be taken
// (its name is no word, its schema does not compile) is left out and `refused` says which and why.
struct McpOffer {
    std::vector<Tool> tools;
    std::vector<Error> refused;
};
Result<McpOffer> read_mcp_tools(const McpServer& server, std::string_view list_json);

}  // namespace lifeline::tools
