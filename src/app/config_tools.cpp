#include "app/config_tools.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>

#include "app/settings.h"
#include "app/toml_json.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/reason.h"
#include "net/url.h"
#include "tools/read_tools.h"
#include "tools/registry.h"
#include "tools/schema.h"

namespace lifeline::app {

namespace {

// "line 7: tools.send_email: timeout_ms must be ..."
std::unexpected<Error> wrong_table(const toml::node& node, std::string_view family,
                                   const Error& error) {
    const auto steps = contract::pointer_steps(error.pointer).value_or(std::vector<std::string>());
    const std::string name =
        steps.empty() ? std::string(family) : fmt::format("{}.{}:", family, steps.front());
    // The room begins with the tool's name, too.
    std::string_view what = error.detail;
    if (!steps.empty() && what.starts_with(steps.front() + ": "))
        what.remove_prefix(steps.front().size() + 2);
    return wrong_setting(line_at(node, error.pointer), name, what);
}

Result<std::string> read_schema(const toml::table& tool, const std::string& name) {
    const auto* node = tool.get("schema_file");
    const auto refused = [&](std::string_view what) {
        return wrong_setting(node->source().begin.line, fmt::format("tools.{}:", name),
                             fmt::format("schema_file {}", what));
    };
    const auto path = node->value_exact<std::string>();
    if (!path || path->empty()) return refused("must be the path of a JSON Schema");
    if (tool.contains("schema")) return refused("and schema are one too many");
    auto text = read_text_file(*path, tools::schema_bytes_max);
    if (!text) return refused(text.error().detail);
    if (!contract::Json::parse(*text)) return refused(fmt::format("{} is no JSON", *path));
    return text;
}

Result<void> check(const toml::node& node, const tools::Tool& tool) {
    auto sound = tools::check_tool(tool);
    if (sound && tool.kind == tools::Kind::http && !net::parse_url(tool.url))
        sound = contract::refuse(contract::reason::tool_invalid, "url is none",
                                 contract::pointer_step(tool.name) + "/url");
    if (!sound) return wrong_table(node, "tools", sound.error());
    return {};
}

}  // namespace

Result<void> read_tools(const toml::node& node, Config& config) {
    const auto* all = node.as_table();
    if (all == nullptr)
        return wrong_setting(node.source().begin.line, "tools", "must be [tools.NAME] tables");
    std::map<std::string, std::string> schemas;  // from files, by the tool's name
    toml::table rest = *all;                     // A copy does not know its lines.
    for (const auto& [key, inner] : *all) {
        const auto* tool = inner.as_table();
        if (tool == nullptr || !tool->contains("schema_file")) continue;
        const std::string name(key.str());
        auto schema = read_schema(*tool, name);
        if (!schema) return fail(schema.error());
        schemas[name] = *std::move(schema);
        rest.get(name)->as_table()->erase("schema_file");
    }
    if (const auto sound = as_json(node); !sound) return fail(sound.error());
    const auto json = as_json(rest);
    if (!json) return fail(json.error());
    auto read = tools::read_tools(*json);
    if (!read) return wrong_table(node, "tools", read.error());
    for (auto& tool : *read) {
        if (const auto schema = schemas.find(tool.name); schema != schemas.end())
            tool.schema_json = schema->second;
        if (const auto sound = check(node, tool); !sound) return sound;
    }
    if (const auto registry = tools::Registry::create(*read); !registry)
        return wrong_table(node, "tools", registry.error());
    config.tools = *std::move(read);
    return {};
}

Result<void> read_mcp_servers(const toml::node& node, Config& config) {
    if (!node.is_table())
        return wrong_setting(node.source().begin.line, "mcp", "must be [mcp.NAME] tables");
    const auto json = as_json(node);
    if (!json) return fail(json.error());
    auto read = tools::read_mcp_servers(*json);
    if (!read) return wrong_table(node, "mcp", read.error());
    for (const auto& server : *read)
        if (!server.url.empty() && !net::parse_url(server.url))
            return wrong_table(node, "mcp",
                               contract::error_for(contract::reason::tool_invalid, "url is none",
                                                   contract::pointer_step(server.name) + "/url"));
    config.mcp = *std::move(read);
    return {};
}

Result<void> check_tools(const Config& config) {
    for (const auto& tool : config.tools)
        if (tool.kind == tools::Kind::mcp &&
            std::ranges::find(config.mcp, tool.server, &tools::McpServer::name) == config.mcp.end())
            return wrong_setting(
                0, fmt::format("tools.{}:", tool.name),
                fmt::format("server is {}, and there is no [mcp.{}]", tool.server, tool.server));
    return {};
}

}  // namespace lifeline::app
