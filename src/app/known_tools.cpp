#include "app/known_tools.h"

#include <algorithm>
#include <utility>

#include "app/document_tools.h"
#include "app/executors.h"
#include "base/asio_loop.h"
#include "base/thread_worker.h"

namespace lifeline::app {

namespace {

// So that a page on this machine can be asked something at once: it sends nothing.
tools::Tool tool_to_try() {
    tools::Tool tool;
    tool.name = tools::builtin_echo;
    tool.kind = tools::Kind::builtin;
    tool.description = "Stands for a tool that sends a message, where none is configured.";
    tool.schema_json = R"({"type":"object","required":["to","text"],"additionalProperties":false,)"
                       R"("properties":{"to":{"type":"string"},"text":{"type":"string"}}})";
    tool.display.scope_kind = "message_send";
    tool.display.title = "Send this message?";
    tool.display.target = "/to";
    tool.display.preview = "/text";
    return tool;
}

}  // namespace

std::vector<tools::Tool> standing_tools(const Config& config) {
    std::vector<tools::Tool> known = config.tools;
    if (config.dev && known.empty() && config.mcp.empty()) known.push_back(tool_to_try());
    // A tool of that name which is configured counts over ours.
    for (tools::Tool& tool : document_tools())
        if (std::ranges::find(known, tool.name, &tools::Tool::name) == known.end())
            known.push_back(std::move(tool));
    return known;
}

bool is_of_documents(const tools::Tool& tool) {
    return tool.kind == tools::Kind::builtin && tool.name.starts_with("document.");
}

Result<tools::McpOffer> ask_offer(const tools::McpServer& server, Millis timeout) {
    AsioLoop loop;
    ThreadWorker resolver("resolver");
    auto client = net::HttpClient::create(loop, resolver, {});
    if (!client) return fail(client.error());
    Executors executors(loop, **client);
    if (auto added = executors.add_server(server); !added) return fail(added.error());
    Result<tools::McpOffer> outcome = fail(Code::unavailable, "peer_unavailable", "no answer");
    loop.post([&] {
        executors.server(server.name)
            .list_tools(timeout, [&](Result<std::vector<orchestration::McpTool>> listed) {
                if (listed)
                    outcome = read_offer(server, *listed);
                else
                    outcome = fail(listed.error());
                loop.stop();
            });
    });
    loop.run();
    return outcome;
}

}  // namespace lifeline::app
