#include "agent/openclaw_tools.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/json_writer.h"

namespace lifeline::agent::openclaw {

namespace {

using contract::Json;

// Of OpenClaw's own tools, those that are known here. Who adds one says what it can do at worst.
constexpr std::array known = std::to_array<std::pair<std::string_view, Reach>>({
    {"agents_list", Reach::harmless},
    {"apply_patch", Reach::writes},
    {"bash", Reach::executes},
    {"browser", Reach::executes},
    {"code_execution", Reach::executes},
    {"cron", Reach::executes},
    {"edit", Reach::writes},
    {"exec", Reach::executes},
    {"gateway", Reach::configures},
    {"memory_get", Reach::harmless},
    {"memory_search", Reach::harmless},
    {"message", Reach::sends},
    {"nodes", Reach::executes},
    {"process", Reach::executes},
    {"read", Reach::harmless},
    {"session_status", Reach::harmless},
    {"sessions_history", Reach::harmless},
    {"sessions_list", Reach::harmless},
    {"sessions_send", Reach::sends},
    {"sessions_spawn", Reach::executes},
    {"subagents", Reach::executes},
    {"update_plan", Reach::harmless},
    {"voice_call", Reach::sends},
    {"web_fetch", Reach::sends},
    {"web_search", Reach::sends},
    {"write", Reach::writes},
});

Reach reach_of(const Json& tool, std::string_view source, std::string_view server) {
    const std::string_view id = tool.text("id").value_or("");
    if (source == "mcp") {
        const std::string prefix = std::string(server) + "__";
        const auto named = tool.text("mcpServer");
        return (named ? *named == server : id.starts_with(prefix)) ? Reach::gated : Reach::unknown;
    }
    // A plugin's tool may have any name.
    if (source != "core") return Reach::unknown;
    const auto* const found = std::ranges::find(known, id, &decltype(known)::value_type::first);
    return found != known.end() ? found->second : Reach::unknown;
}

std::string request(std::string_view id, std::string_view method, std::string_view key,
                    std::string_view session_key, std::string_view agent_id) {
    contract::JsonWriter json;
    json.object();
    json.key("type").value("req").key("id").value(id).key("method").value(method);
    json.key("params").object();
    json.key(key).value(session_key).key("agentId").value(agent_id);
    json.end();
    json.end();
    return json.take();
}

}  // namespace

std::string_view to_text(Reach reach) {
    switch (reach) {
        case Reach::gated:
            return "gated";
        case Reach::harmless:
            return "harmless";
        case Reach::executes:
            return "executes";
        case Reach::writes:
            return "writes";
        case Reach::sends:
            return "sends";
        case Reach::configures:
            return "configures";
        case Reach::unknown:
            break;
    }
    return "unknown";
}

Inventory inventory_in(const Json& payload, std::string_view server) {
    Inventory found;
    if (const auto notices = payload.find("notices"))
        for (const Json& notice : notices->items())
            if (notice.text("id").value_or("").starts_with("mcp-")) found.complete = false;
    const auto groups = payload.find("groups");
    if (!groups) return found;
    for (const Json& group : groups->items()) {
        const auto tools = group.find("tools");
        if (!tools) continue;
        for (const Json& tool : tools->items()) {
            const auto id = tool.text("id");
            const auto denied = tool.find("deniedBySession");
            if (!id || (denied && denied->as_bool() == true)) continue;
            const auto source = tool.text("source").value_or(group.text("source").value_or(""));
            found.tools.push_back(
                {std::string(*id), std::string(source), reach_of(tool, source, server)});
        }
    }
    return found;
}

std::string effective_tools_request(std::string_view id, std::string_view agent_id,
                                    std::string_view session_key) {
    return request(id, "tools.effective", "sessionKey", session_key, agent_id);
}

std::string create_session_request(std::string_view id, std::string_view agent_id,
                                   std::string_view session_key) {
    return request(id, "sessions.create", "key", session_key, agent_id);
}

}  // namespace lifeline::agent::openclaw
