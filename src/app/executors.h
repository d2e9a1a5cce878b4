#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/asio_loop.h"
#include "base/result.h"
#include "net/http_client.h"
#include "orchestration/executor.h"
#include "orchestration/mcp_client.h"
#include "orchestration/mcp_executor.h"
#include "orchestration/probe.h"
#include "tools/mcp.h"
#include "tools/tool.h"

namespace lifeline::app {

// What runs the tools of a configuration: an executor for each, a client for each MCP server. Lives
// on its loop; nothing is started before it is first needed.
class Executors {
public:
    using Told = orchestration::McpExecutor::Told;

    // Both outlive it. `told` hears how far tools are that say so.
    Executors(AsioLoop& home, net::HttpClient& client, Told told = {})
        : home_(home), client_(client), told_(std::move(told)) {}

    // Its servers before the tools that they have.
    Status add_server(const tools::McpServer& server);
    Result<orchestration::Executor*> add(const tools::Tool& tool);
    // What is asked what came of it; null where the tool declares none.
    Result<orchestration::Probe*> add_probe(const tools::Tool& tool);
    orchestration::McpClient& server(const std::string& name) { return *servers_.at(name); }

private:
    AsioLoop& home_;
    net::HttpClient& client_;
    std::map<std::string, std::unique_ptr<orchestration::McpClient>> servers_;
    std::vector<std::unique_ptr<orchestration::Executor>> executors_;
    std::vector<std::unique_ptr<orchestration::Probe>> probes_;
    Told told_;
};

// What a server offers, as the configuration reads it.
Result<tools::McpOffer> read_offer(const tools::McpServer& server,
                                   const std::vector<orchestration::McpTool>& listed);

}  // namespace lifeline::app
