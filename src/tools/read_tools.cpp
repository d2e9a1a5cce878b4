#include "tools/read_tools.h"

#include <fmt/format.h>

#include "contract/json_pointer.h"
#include "contract/reason.h"
#include "tools/table.h"

namespace lifeline::tools {

using contract::Json;

namespace {

void read_display(Table& outer, Display& display) {
    Table table = outer.table("display");
    table.text("kind", display.scope_kind);
    table.text("title", display.title);
    table.text("target", display.target);
    table.text("recipients", display.recipients);
    table.text("preview", display.preview);
    table.text("amount", display.amount);
    table.text("currency", display.currency);
    table.yes_or_no("external", display.external);
    if (const auto read = table.status(); !read) outer.refuse(read.error());
}

void read_kind(Table& table, Tool& tool) {
    std::string word;
    table.text("kind", word);
    const auto kind = kind_from(word);
    if (!kind) return table.refuse("kind", "must be http, mcp, client or builtin");
    tool.kind = *kind;
    // What belongs to another kind is left unread, and so refused.
    if (tool.kind == Kind::http) {
        table.text("url", tool.url);
        table.text("secret_file", tool.secret_file);
        table.text("probe_url", tool.probe_url);
    } else if (tool.kind == Kind::mcp) {
        table.text("server", tool.server);
        tool.mcp_tool = tool.name;
        table.text("tool", tool.mcp_tool);
        table.text("probe_tool", tool.probe_tool);
    } else if (tool.kind == Kind::builtin) {
        // Known, and without an effect.
        tool.risk = contract::Risk::read_only;
        tool.idempotent = true;
    }
}

Result<Tool> read_tool(std::string_view name, const Json& json) {
    Table table(contract::pointer_step(name), json);
    Tool tool;
    tool.name = name;
    read_kind(table, tool);
    table.text("description", tool.description);
    table.risk("risk", tool.risk);
    table.yes_or_no("idempotent", tool.idempotent);
    table.millis("timeout_ms", tool.timeout);
    table.whole("attempts", tool.attempts);
    table.whole("per_minute", tool.per_minute);
    table.roles("requesters", tool.requesters);
    table.schema("schema", tool.schema_json);
    read_display(table, tool.display);
    if (const auto read = table.status(); !read) return fail(read.error());
    return tool;
}

Result<McpServer> read_mcp_server(std::string_view name, const Json& json) {
    Table table(contract::pointer_step(name), json);
    McpServer server;
    server.name = name;
    std::string program;
    std::vector<std::string> arguments;
    table.text("url", server.url);
    table.text("command", program);
    if (server.url.empty() == program.empty())
        table.refuse(program.empty() ? "url" : "command", "one of url and command must be there");
    if (program.empty()) {
        table.text("token_file", server.token_file);
    } else {
        table.texts("args", arguments);
        table.texts("env_from", server.env_from);
        server.command.push_back(program);
        server.command.insert(server.command.end(), arguments.begin(), arguments.end());
    }
    table.text("prefix", server.prefix);
    table.texts("only", server.only);
    table.risks("risks", server.risks);
    table.millis("timeout_ms", server.timeout);
    table.roles("requesters", server.requesters);
    if (server.timeout > timeout_max)
        table.refuse("timeout_ms", fmt::format("must be at most {}", timeout_max.count()));
    if (const auto read = table.status(); !read) return fail(read.error());
    return server;
}

// Of an object by name, one after the other.
template <class One, class Read>
Result<std::vector<One>> read_all(std::string_view json, Read read) {
    const auto all = Json::parse(json);
    if (!all || !all->is_object())
        return contract::refuse(contract::reason::tool_invalid,
                                all ? "must be tables by name" : all.error().reason);
    std::vector<One> out;
    for (const auto& [name, inner] : all->members()) {
        if (!inner.is_object())
            return contract::refuse(contract::reason::tool_invalid, "must be a table",
                                    contract::pointer_step(name));
        auto one = read(name, inner);
        if (!one) return fail(one.error());
        out.push_back(*std::move(one));
    }
    return out;
}

}  // namespace

Result<std::vector<Tool>> read_tools(std::string_view json) {
    return read_all<Tool>(json, read_tool);
}

Result<std::vector<McpServer>> read_mcp_servers(std::string_view json) {
    return read_all<McpServer>(json, read_mcp_server);
}

}  // namespace lifeline::tools
