#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "orchestration/mcp_client.h"
#include "orchestration/probe.h"

namespace lifeline::orchestration {

// Asks another tool of the same MCP server; its arguments are the question, and what it says is
// read from `structuredContent`, else from its text, as JSON.
class McpProbe final : public Probe {
public:
    McpProbe(McpClient& client, std::string tool) : client_(client), tool_(std::move(tool)) {}

    void ask(const Unresolved& action, Millis timeout, Done done) override;

private:
    McpClient& client_;
    std::string tool_;
};

// Pure, of the result of tools/call.
ProbeAnswer mcp_probe_answer(const Result<contract::Json>& answer);

}  // namespace lifeline::orchestration
