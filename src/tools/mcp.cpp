#include "tools/mcp.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/reason.h"
#include "tools/registry.h"

namespace lifeline::tools {

using contract::Json;

namespace {

// Long enough to tell a model what a tool does; a server's novel is not for every prompt.
constexpr std::size_t description_bytes_max = 4'096;

std::optional<bool> hint(const Json& annotations, std::string_view key) {
    const auto value = annotations.find(key);
    return value ? value->as_bool() : std::nullopt;
}

std::string first_of(std::string_view text) {
    std::size_t size = std::min(text.size(), description_bytes_max);
    while (size < text.size() && size > 0 &&
           (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        --size;
    return std::string(text.substr(0, size));
}

Tool tool_of(const McpServer& server, const Json& json, std::string_view name) {
    Tool tool;
    tool.name = server.prefix + std::string(name);
    tool.kind = Kind::mcp;
    tool.server = server.name;
    tool.mcp_tool = name;
    tool.timeout = server.timeout;
    tool.requesters = server.requesters;
    tool.description = first_of(json.text("description").value_or(""));
    const auto annotations = json.find("annotations");
    const auto hints = annotations ? hints_of(*annotations) : McpHints{};
    tool.risk = risk_of(hints);
    tool.idempotent = hints.idempotent.value_or(false);
    if (const auto configured = server.risks.find(name); configured != server.risks.end())
        tool.risk = configured->second;
    if (const auto schema = json.find("inputSchema"))
        tool.schema_json = contract::canonical_json(*schema);
    tool.display.title = json.text("title").value_or("");
    if (tool.display.title.empty() && annotations)
        tool.display.title = annotations->text("title").value_or("");
    return tool;
}

}  // namespace

McpHints hints_of(const Json& annotations) {
    return {.read_only = hint(annotations, "readOnlyHint"),
            .destructive = hint(annotations, "destructiveHint"),
            .idempotent = hint(annotations, "idempotentHint"),
            .open_world = hint(annotations, "openWorldHint")};
}

contract::Risk risk_of(const McpHints& hints) {
    if (hints.read_only == true) return contract::Risk::read_only;
    // Both are true where nothing is said, and one of them is enough.
    if (hints.destructive != false || hints.open_world != false)
        return contract::Risk::high_risk_external_send;
    return contract::Risk::low_risk_write;
}

Result<McpOffer> read_mcp_tools(const McpServer& server, std::string_view list_json) {
    const auto list = Json::parse(list_json);
    const auto items = list ? list->find("tools") : std::nullopt;
    if (!items || !items->is_array())
        return contract::refuse(
            contract::reason::tool_invalid,
            fmt::format("{}: its list of tools cannot be read ({})", server.name,
                        list ? "it has none" : list.error().reason));
    McpOffer offer;
    const auto refuse = [&](std::string_view name, std::string_view what) {
        offer.refused.push_back(contract::error_for(contract::reason::tool_invalid,
                                                    fmt::format("{}: {}", name, what),
                                                    contract::pointer_step(name)));
    };
    for (const auto& json : items->items()) {
        const auto name = json.text("name").value_or("");
        if (!server.only.empty() && std::ranges::find(server.only, name) == server.only.end())
            continue;
        if (name.empty()) {
            refuse(server.name, "it offers a tool without a name");
            continue;
        }
        Tool tool = tool_of(server, json, name);
        if (auto sound = check_tool(tool); !sound)
            offer.refused.push_back(sound.error());
        else if (std::ranges::find(offer.tools, tool.name, &Tool::name) != offer.tools.end())
            refuse(tool.name, "it is there twice");
        else if (offer.tools.size() >= tools_max)
            refuse(tool.name, "there are too many tools");
        else
            offer.tools.push_back(std::move(tool));
    }
    return offer;
}

}  // namespace lifeline::tools
