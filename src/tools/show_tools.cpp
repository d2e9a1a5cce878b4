#include "contract/json_writer.h"
#include "tools/read_tools.h"

namespace lifeline::tools {

namespace {

void add(contract::JsonWriter& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.key(key).value(text);
}

void add(contract::JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
    if (list.empty()) return;
    json.key(key).array();
    for (const auto& text : list) json.value(text);
    json.end();
}

void add(contract::JsonWriter& json, contract::RoleSet roles) {
    using contract::Role;
    json.key("requesters").array();
    for (const Role role : {Role::user, Role::agent, Role::operator_, Role::viewer, Role::service,
                            Role::admin, Role::auditor})
        if (roles.has(role)) json.value(contract::to_text(role));
    json.end();
}

void add(contract::JsonWriter& json, const Display& display) {
    json.key("display").object();
    json.key("kind").value(display.scope_kind);
    add(json, "title", display.title);
    add(json, "target", display.target);
    add(json, "recipients", display.recipients);
    add(json, "preview", display.preview);
    add(json, "amount", display.amount);
    add(json, "currency", display.currency);
    json.key("external").value(display.external).end();
}

}  // namespace

std::string show_tool(const Tool& tool) {
    contract::JsonWriter json;
    json.object().key("name").value(tool.name);
    json.key("kind").value(to_text(tool.kind));
    add(json, "description", tool.description);
    json.key("risk").value(contract::to_text(tool.risk));
    json.key("idempotent").value(tool.idempotent);
    json.key("timeout_ms").value(tool.timeout.count());
    json.key("attempts").value(tool.attempts);
    json.key("per_minute").value(tool.per_minute);
    add(json, tool.requesters);
    if (!tool.schema_json.empty()) json.key("schema").raw(tool.schema_json);
    add(json, tool.display);
    add(json, "url", tool.url);
    add(json, "secret_file", tool.secret_file);
    add(json, "server", tool.server);
    add(json, "tool", tool.mcp_tool);
    add(json, "probe_url", tool.probe_url);
    add(json, "probe_tool", tool.probe_tool);
    json.end();
    return json.take();
}

std::string show_mcp_server(const McpServer& server) {
    contract::JsonWriter json;
    json.object().key("name").value(server.name);
    add(json, "url", server.url);
    add(json, "token_file", server.token_file);
    if (!server.command.empty()) {
        json.key("command").value(server.command.front());
        add(json, "args", std::vector(server.command.begin() + 1, server.command.end()));
    }
    add(json, "env_from", server.env_from);
    add(json, "prefix", server.prefix);
    add(json, "only", server.only);
    if (!server.risks.empty()) {
        json.key("risks").object();
        for (const auto& [name, risk] : server.risks) json.key(name).value(contract::to_text(risk));
        json.end();
    }
    json.key("timeout_ms").value(server.timeout.count());
    add(json, server.requesters);
    json.end();
    return json.take();
}

}  // namespace lifeline::tools
