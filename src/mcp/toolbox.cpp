#include "mcp/toolbox.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "mcp/own_tools.h"
#include "mcp/tool_call.h"

namespace lifeline::mcp {

namespace {

using contract::JsonWriter;
using contract::Risk;

// A page ends with the tool that brings it over this: schemas may be long.
constexpr std::size_t page_bytes_max = 256 * 1024;

std::string_view needs(OwnTool tool) {
    if (tool == OwnTool::create_document) return document_create;
    if (tool == OwnTool::edit_document) return document_edit;
    if (tool == OwnTool::read_document) return document_read;
    return {};
}

bool available(const tools::Registry& registry, OwnTool tool) {
    const auto action = needs(tool);
    if (action.empty()) return true;
    const tools::Tool* found = registry.find(action);
    return found != nullptr && agents_may(*found);
}

constexpr std::string_view naming_schema =
    R"({"type":"object","description":"Which call this is for: {\"session\": \"sess_...\"}, as your instructions say.",)"
    R"("properties":{"session":{"type":"string"}}})";

// MCP wants an object at the root, which arguments always are, said or not.
std::string object_schema(std::string_view schema_json, Toolbox::Call call) {
    const auto schema = contract::Json::parse(schema_json.empty() ? "{}" : schema_json);
    JsonWriter json;
    json.object().key("type").value("object");
    if (!schema) return json.end().take();
    for (const auto& [key, value] : schema->members())
        if (key != "type" && key != "properties")
            json.key(key).raw(contract::canonical_json(value));
    json.key("properties").object();
    if (const auto properties = schema->find("properties"))
        for (const auto& [key, value] : properties->members())
            if (key != naming_member) json.key(key).raw(contract::canonical_json(value));
    if (call == Toolbox::Call::named_by_argument) json.key(naming_member).raw(naming_schema);
    json.end();
    json.end();
    return json.take();
}

std::string describe(const OwnToolText& tool, Toolbox::Call call) {
    JsonWriter json;
    json.object();
    json.key("name").value(tool.name);
    json.key("description").value(tool.description);
    json.key("inputSchema").raw(object_schema(tool.schema_json, call));
    json.key("annotations").object();
    json.key("readOnlyHint").value(tool.reads).key("openWorldHint").value(false);
    json.end();
    json.end();
    return json.take();
}

std::string describe(std::string_view name, const tools::Tool& tool, Toolbox::Call call) {
    std::string text = tool.description.empty() ? tool.name : tool.description;
    if (tool.risk == Risk::high_risk_external_send)
        text += " A person may be asked before it is done.";
    JsonWriter json;
    json.object();
    json.key("name").value(name);
    if (!tool.display.title.empty()) json.key("title").value(tool.display.title);
    json.key("description").value(text);
    json.key("inputSchema").raw(object_schema(tool.schema_json, call));
    json.key("annotations").object();
    json.key("readOnlyHint").value(tool.risk == Risk::read_only);
    json.key("destructiveHint").value(tool.risk == Risk::high_risk_external_send);
    json.key("idempotentHint").value(tools::repeatable(tool));
    json.key("openWorldHint").value(tool.display.external);
    json.end();
    json.end();
    return json.take();
}

struct Named {
    std::string name;
    const tools::Tool* tool;
};

// The actions that have a name of their own: none that the door's own tools stand for, and of two
// that would look alike the first.
std::vector<Named> named_actions(const tools::Registry& registry) {
    std::vector<Named> named;
    for (const tools::Tool& tool : registry.tools()) {
        if (!agents_may(tool) || tool.name == document_create || tool.name == document_edit ||
            tool.name == document_read)
            continue;
        std::string name = shown_name(tool.name);
        const bool taken =
            std::ranges::find(own_tools(), name, &OwnToolText::name) != own_tools().end() ||
            std::ranges::find(named, name, &Named::name) != named.end();
        if (!taken) named.push_back({std::move(name), &tool});
    }
    return named;
}

}  // namespace

bool agents_may(const tools::Tool& tool) {
    return tool.requesters.has(contract::Role::agent);
}

std::string shown_name(std::string_view action_type) {
    std::string name(action_type);
    for (char& c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!plain) c = '_';
    }
    return name;
}

std::optional<Target> Toolbox::find(std::string_view name) const {
    for (const OwnToolText& own : own_tools())
        if (own.name == name && available(registry_, own.tool)) return Target{own.tool, nullptr};
    for (const Named& named : named_actions(registry_))
        if (named.name == name) return Target{std::nullopt, named.tool};
    const tools::Tool* exact = registry_.find(name);
    if (exact != nullptr && agents_may(*exact)) return Target{std::nullopt, exact};
    return std::nullopt;
}

Result<std::string> Toolbox::list_json(std::string_view cursor) const {
    std::vector<std::string> all;
    for (const OwnToolText& own : own_tools())
        if (available(registry_, own.tool)) all.push_back(describe(own, call_));
    for (const Named& named : named_actions(registry_))
        all.push_back(describe(named.name, *named.tool, call_));
    std::size_t next = 0;
    if (!cursor.empty()) {
        const auto [stop, error] =
            std::from_chars(cursor.data(), cursor.data() + cursor.size(), next);
        if (error != std::errc{} || stop != cursor.data() + cursor.size() || next > all.size())
            return contract::refuse(contract::reason::cursor_invalid, "no cursor of tools/list",
                                    "/params/cursor");
    }
    JsonWriter json;
    json.object().key("tools").array();
    for (std::size_t bytes = 0; next < all.size() && bytes < page_bytes_max; ++next) {
        bytes += all[next].size();
        json.raw(all[next]);
    }
    json.end();
    if (next < all.size()) json.key("nextCursor").value(std::to_string(next));
    json.end();
    return json.take();
}

std::string Toolbox::actions_json() const {
    const auto named = named_actions(registry_);
    JsonWriter json;
    json.object().key("actions").array();
    for (const tools::Tool& tool : registry_.tools()) {
        if (!agents_may(tool)) continue;
        json.object();
        json.key("actionType").value(tool.name);
        const auto own = std::ranges::find(named, &tool, &Named::tool);
        if (own != named.end()) json.key("tool").value(own->name);
        if (!tool.description.empty()) json.key("description").value(tool.description);
        json.key("risk").value(contract::to_text(tool.risk));
        json.key("schema").raw(object_schema(tool.schema_json, Call::known));
        json.end();
    }
    json.end();
    json.end();
    return json.take();
}

}  // namespace lifeline::mcp
