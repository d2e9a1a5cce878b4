#include "app/executors.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "app/secret_source.h"
#include "contract/json_writer.h"
#include "orchestration/builtin_executor.h"
#include "orchestration/client_executor.h"
#include "orchestration/http_executor.h"
#include "orchestration/http_probe.h"
#include "orchestration/mcp_executor.h"
#include "orchestration/mcp_http.h"
#include "orchestration/mcp_probe.h"
#include "orchestration/mcp_stdio.h"

namespace lifeline::app {

namespace {

std::unexpected<Error> unusable(const std::string& what, const std::string& why) {
    return fail(Code::malformed, "config_invalid", fmt::format("{}: {}", what, why));
}

// As the server would have listed them itself.
std::string offer_json(const std::vector<orchestration::McpTool>& listed) {
    contract::JsonWriter json;
    json.object().key("tools").array();
    for (const auto& tool : listed) {
        json.object();
        json.key("name").value(tool.name);
        json.key("description").value(tool.description);
        json.key("inputSchema").raw(tool.input_schema_json);
        json.key("annotations").object();
        const auto hint = [&](std::string_view name, std::optional<bool> value) {
            if (value) json.key(name).value(*value);
        };
        hint("readOnlyHint", tool.read_only);
        hint("destructiveHint", tool.destructive);
        hint("idempotentHint", tool.idempotent);
        hint("openWorldHint", tool.open_world);
        json.end();
        json.end();
    }
    json.end();
    json.end();
    return json.take();
}

std::vector<std::string> environment_of(const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const std::string& name : names)
        if (const char* value = std::getenv(name.c_str())) found.push_back(name + "=" + value);
    return found;
}

Result<orchestration::HttpEndpoint> endpoint_of(const tools::Tool& tool, std::string_view key,
                                                const std::string& url) {
    const std::string setting = fmt::format("tools.{}", tool.name);
    std::vector<Secret<std::string>> secrets;
    if (!tool.secret_file.empty()) {
        auto secret = read_secret_file(setting + ".secret_file", tool.secret_file);
        if (!secret) return fail(secret.error());
        secrets.push_back(std::move(*secret));
    }
    auto signer = WebhookSigner::create(secrets);
    if (!signer) return unusable(setting + ".secret_file", signer.error().detail);
    return orchestration::HttpEndpoint{.url = url,
                                       .egress = net::Egress::anywhere,
                                       .setting = fmt::format("{}.{}", setting, key),
                                       .signer = std::move(*signer)};
}

}  // namespace

Result<orchestration::Executor*> Executors::add(const tools::Tool& tool) {
    switch (tool.kind) {
        case tools::Kind::http: {
            auto endpoint = endpoint_of(tool, "url", tool.url);
            if (!endpoint) return fail(endpoint.error());
            executors_.push_back(std::make_unique<orchestration::HttpExecutor>(
                home_, client_, std::move(*endpoint)));
            break;
        }
        case tools::Kind::client:
            executors_.push_back(std::make_unique<orchestration::ClientExecutor>(home_));
            break;
        case tools::Kind::builtin:
            executors_.push_back(std::make_unique<orchestration::BuiltinExecutor>(home_));
            break;
        case tools::Kind::mcp: {
            const std::string& there = tool.mcp_tool.empty() ? tool.name : tool.mcp_tool;
            executors_.push_back(std::make_unique<orchestration::McpExecutor>(
                home_, *servers_.at(tool.server),
                orchestration::McpExecutor::Names{{tool.name, there}}, told_));
            break;
        }
    }
    return executors_.back().get();
}

Result<orchestration::Probe*> Executors::add_probe(const tools::Tool& tool) {
    if (!tools::probed(tool)) return nullptr;
    if (tool.kind == tools::Kind::mcp) {
        probes_.push_back(
            std::make_unique<orchestration::McpProbe>(*servers_.at(tool.server), tool.probe_tool));
        return probes_.back().get();
    }
    auto endpoint = endpoint_of(tool, "probe_url", tool.probe_url);
    if (!endpoint) return fail(endpoint.error());
    probes_.push_back(
        std::make_unique<orchestration::HttpProbe>(home_, client_, std::move(*endpoint)));
    return probes_.back().get();
}

Status Executors::add_server(const tools::McpServer& config) {
    std::unique_ptr<orchestration::McpTransport> transport;
    if (config.url.empty()) {
        transport = std::make_unique<orchestration::McpStdio>(
            home_, config.name,
            net::ChildCommand{.argv = config.command,
                              .environment = environment_of(config.env_from)});
    } else {
        orchestration::McpHttpOptions options{.url = config.url, .egress = net::Egress::anywhere};
        if (!config.token_file.empty()) {
            auto token =
                read_secret_file(fmt::format("mcp.{}.token_file", config.name), config.token_file);
            if (!token) return fail(token.error());
            options.headers.push_back({"Authorization", "Bearer " + token->reveal()});
        }
        transport = std::make_unique<orchestration::McpHttp>(home_, client_, std::move(options));
    }
    servers_.emplace(config.name, std::make_unique<orchestration::McpClient>(
                                      home_, std::move(transport),
                                      orchestration::McpClientOptions{.name = config.name}));
    return {};
}

Result<tools::McpOffer> read_offer(const tools::McpServer& server,
                                   const std::vector<orchestration::McpTool>& listed) {
    return tools::read_mcp_tools(server, offer_json(listed));
}

}  // namespace lifeline::app
