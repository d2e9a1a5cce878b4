#include "app/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "app/document_tools.h"
#include "app/policy_file.h"
#include "app/secret_source.h"
#include "base/log.h"
#include "contract/json_writer.h"
#include "orchestration/builtin_executor.h"
#include "orchestration/client_executor.h"
#include "orchestration/document_executor.h"
#include "orchestration/http_executor.h"
#include "orchestration/mcp_executor.h"
#include "orchestration/mcp_http.h"
#include "orchestration/mcp_stdio.h"

namespace lifeline::app {

namespace {

constexpr Millis offer_timeout = std::chrono::seconds(20);
constexpr Millis asked_again_after = std::chrono::seconds(30);
constexpr Millis refused_again_after = std::chrono::seconds(1);

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

std::vector<std::string> environment_of(const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const std::string& name : names)
        if (const char* value = std::getenv(name.c_str())) found.push_back(name + "=" + value);
    return found;
}

}  // namespace

struct Effects::Server {
    tools::McpServer config;
    std::unique_ptr<orchestration::McpClient> client;
    Loop::TimerId again = 0;
};

Result<std::unique_ptr<Effects>> Effects::create(Parts parts, const Config& config) {
    auto policy = load_policy(config.policy_file);
    if (!policy) return fail(policy.error());
    std::unique_ptr<Effects> made(new Effects(parts, config, std::move(*policy)));
    for (const tools::McpServer& server : config.mcp)
        if (const auto added = made->add_server(server); !added) return fail(added.error());
    for (const tools::Tool& tool : config.tools)
        if (const auto added = made->add_tool(tool); !added) return fail(added.error());
    if (config.dev && made->tools_.empty() && config.mcp.empty())
        if (const auto added = made->add_tool(tool_to_try()); !added) return fail(added.error());
    // A tool of that name which is configured counts over ours.
    for (const tools::Tool& tool : document_tools())
        if (std::ranges::find(made->tools_, tool.name, &tools::Tool::name) == made->tools_.end())
            if (const auto added = made->add_tool(tool); !added) return fail(added.error());
    if (const auto registry = tools::Registry::create(made->tools_); !registry)
        return fail(registry.error());
    made->tell_calls();
    return made;
}

Effects::Effects(Parts parts, const Config& config, safety::Policy policy)
    : parts_(parts),
      policy_(std::move(policy)),
      confirm_within_(config.confirm_within),
      work_(parts.sessions, parts.home),
      runner_(std::make_unique<orchestration::Runner>(
          parts.home, work_, std::map<std::string, orchestration::ToolRoute>{})) {
    for (const auto& shard : parts_.sessions.shards())
        shard->on_work = [this, &home = parts_.home, alive = alive_](const std::string& id) {
            home.post([this, alive, id] {
                if (*alive) look(id);
            });
        };
}

Effects::~Effects() {
    *alive_ = false;
    if (refused_timer_ != 0) parts_.home.cancel_timer(refused_timer_);
    for (auto& [name, server] : servers_)
        if (server->again != 0) parts_.home.cancel_timer(server->again);
}

// The calls say that something may be claimed, or runs and is not wanted any more.
void Effects::look(const std::string& session_id) {
    if (!runner_->poke(session_id)) return look_later(session_id);
    work_.called_off(session_id, [this, alive = alive_, session_id](std::vector<std::string> ids) {
        if (!*alive) return;
        for (const std::string& id : ids) runner_->cancel(session_id, id);
    });
}

// The runner's queue is full, or it takes nothing more.
void Effects::look_later(const std::string& session_id) {
    if (draining_) return;
    refused_.insert(session_id);
    if (refused_timer_ != 0) return;
    refused_timer_ = parts_.home.start_timer(refused_again_after, [this] {
        refused_timer_ = 0;
        for (const std::string& id : std::exchange(refused_, {})) look(id);
    });
}

void Effects::drain(std::move_only_function<void()> done) {
    draining_ = true;
    runner_->drain(std::move(done));
}

Status Effects::add_tool(const tools::Tool& tool) {
    orchestration::ToolRoute route;
    route.name = tools::to_text(tool.kind);
    route.per_minute = static_cast<std::size_t>(tool.per_minute);
    switch (tool.kind) {
        case tools::Kind::http: {
            const std::string setting = fmt::format("tools.{}", tool.name);
            std::vector<Secret<std::string>> secrets;
            if (!tool.secret_file.empty()) {
                auto secret = read_secret_file(setting + ".secret_file", tool.secret_file);
                if (!secret) return fail(secret.error());
                secrets.push_back(std::move(*secret));
            }
            auto signer = orchestration::WebhookSigner::create(secrets);
            if (!signer) return unusable(setting + ".secret_file", signer.error().detail);
            executors_.push_back(std::make_unique<orchestration::HttpExecutor>(
                parts_.home, parts_.client,
                orchestration::HttpEndpoint{.url = tool.url,
                                            .egress = net::Egress::anywhere,
                                            .setting = setting + ".url",
                                            .signer = std::move(*signer)}));
            break;
        }
        case tools::Kind::client:
            executors_.push_back(std::make_unique<orchestration::ClientExecutor>(parts_.home));
            break;
        case tools::Kind::builtin:
            if (tool.name.starts_with("document."))
                executors_.push_back(std::make_unique<orchestration::DocumentExecutor>(
                    parts_.home, parts_.sessions, parts_.documents, parts_.journal));
            else
                executors_.push_back(std::make_unique<orchestration::BuiltinExecutor>(parts_.home));
            break;
        case tools::Kind::mcp: {
            const std::string& there = tool.mcp_tool.empty() ? tool.name : tool.mcp_tool;
            executors_.push_back(std::make_unique<orchestration::McpExecutor>(
                parts_.home, *servers_.at(tool.server)->client,
                orchestration::McpExecutor::Names{{tool.name, there}}));
            break;
        }
    }
    route.executor = executors_.back().get();
    runner_->add(tool.name, std::move(route));
    tools_.push_back(tool);
    return {};
}

Status Effects::add_server(const tools::McpServer& config) {
    std::unique_ptr<orchestration::McpTransport> transport;
    if (config.url.empty()) {
        transport = std::make_unique<orchestration::McpStdio>(
            parts_.home, config.name,
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
        transport = std::make_unique<orchestration::McpHttp>(parts_.home, parts_.client,
                                                             std::move(options));
    }
    auto server = std::make_unique<Server>();
    server->config = config;
    server->client = std::make_unique<orchestration::McpClient>(
        parts_.home, std::move(transport), orchestration::McpClientOptions{.name = config.name});
    servers_.emplace(config.name, std::move(server));
    return {};
}

void Effects::start() {
    for (auto& [name, server] : servers_) ask(*server);
}

void Effects::ask(Server& server) {
    server.client->list_tools(
        offer_timeout,
        [this, &server, alive = alive_](Result<std::vector<orchestration::McpTool>> listed) {
            if (!*alive) return;
            if (listed) return offered(server, *listed);
            log::warn("mcp={} does not say what it offers reason={} {}", server.config.name,
                      listed.error().reason, listed.error().detail);
            server.again = parts_.home.start_timer(asked_again_after, [this, &server] {
                server.again = 0;
                ask(server);
            });
        });
}

// What the configuration says of a tool counts over what its server does.
void Effects::offered(Server& server, const std::vector<orchestration::McpTool>& listed) {
    const auto offer = tools::read_mcp_tools(server.config, offer_json(listed));
    if (!offer) {
        log::warn("mcp={} offers what cannot be read {}", server.config.name, offer.error().detail);
        return;
    }
    for (const Error& refused : offer->refused)
        log::warn("mcp={} a tool is left out {}", server.config.name, refused.detail);
    std::size_t added = 0;
    for (const tools::Tool& tool : offer->tools) {
        const bool known = std::ranges::find(tools_, tool.name, &tools::Tool::name) != tools_.end();
        if (!known && add_tool(tool)) ++added;
    }
    log::info("mcp={} tools={}", server.config.name, added);
    tell_calls();
}

void Effects::take_policy(safety::Policy policy, Millis confirm_within) {
    policy_ = std::move(policy);
    confirm_within_ = confirm_within;
    tell_calls();
}

void Effects::take_switches(safety::KillSwitches switches,
                            std::move_only_function<void()> in_force) {
    switches_ = std::move(switches);
    parts_.sessions.take_judge(rulebook(), parts_.home, std::move(in_force));
}

void Effects::tell_calls() {
    auto registry = tools::Registry::create(tools_);
    if (registry)
        registry_ = std::move(*registry);
    else
        log::error("tools stay as they were: {}", registry.error().detail);
    parts_.sessions.take_judge(rulebook());
}

std::shared_ptr<const session::Rulebook> Effects::rulebook() {
    return std::make_shared<session::Rulebook>(
        session::Rulebook::Parts{.tools = registry_,
                                 .policy = policy_,
                                 .kill_switches = switches_,
                                 .confirm_within = confirm_within_});
}

}  // namespace lifeline::app
