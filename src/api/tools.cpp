#include "api/api.h"
#include "api/routes.h"
#include "contract/json_writer.h"

namespace lifeline::api {

namespace {

using contract::Role;

void write_tool(contract::JsonWriter& json, const tools::Tool& tool) {
    json.object();
    json.key("name").value(tool.name);
    json.key("kind").value(tools::to_text(tool.kind));
    if (!tool.description.empty()) json.key("description").value(tool.description);
    json.key("risk").value(contract::to_text(tool.risk));
    json.key("repeatable").value(tools::repeatable(tool));
    json.key("timeoutMs").value(tool.timeout.count());
    json.key("requesters").array();
    for (const Role role : {Role::user, Role::agent, Role::operator_, Role::viewer, Role::service,
                            Role::admin, Role::auditor})
        if (tool.requesters.has(role)) json.value(contract::to_text(role));
    json.end();
    json.key("schema").raw(tool.schema_json.empty() ? R"({"type":"object"})" : tool.schema_json);
    json.end();
}

}  // namespace

// Where a tool leads (its address, its secret) is not for those who may ask for it.
void list_tools(Api& api, Asked asked) {
    const tools::Registry registry = api.parts().tools();
    contract::JsonWriter json;
    json.object().key("tools").array();
    for (const tools::Tool& tool : registry.tools()) write_tool(json, tool);
    json.end();
    json.end();
    asked.answer_json(200, json.take());
}

}  // namespace lifeline::api
