#include "mcp/protocol.h"

#include <algorithm>
#include <array>

#include "contract/json_writer.h"

namespace lifeline::mcp {

namespace {

// What a model is told before anything else.
constexpr std::string_view instructions =
    "You take part in a live call. Whatever you do for its people goes through these tools and no "
    "other way. Some actions are done only after a person has said yes: the state "
    "awaiting_confirmation means that nothing was done yet. Say so, go on talking, and ask "
    "get_action later; do not request it again. An answer that says not done is final: do not look "
    "for another way.";

}  // namespace

bool speaks(std::string_view version) {
    constexpr std::array<std::string_view, 4> known = {"2024-11-05", "2025-03-26", "2025-06-18",
                                                       protocol_version};
    return std::ranges::find(known, version) != known.end();
}

std::string initialize_result(const contract::Json* params) {
    const auto asked = params != nullptr ? params->text("protocolVersion") : std::nullopt;
    contract::JsonWriter json;
    json.object();
    json.key("protocolVersion").value(asked && speaks(*asked) ? *asked : protocol_version);
    json.key("capabilities").object().key("tools").object().end().end();
    json.key("serverInfo").object();
    json.key("name").value("lifeline").key("title").value("Lifeline").key("version").value("1.0");
    json.end();
    json.key("instructions").value(instructions);
    json.end();
    return json.take();
}

std::string tool_result(std::string_view answer_json, bool is_error) {
    contract::JsonWriter json;
    json.object().key("content").array().object();
    json.key("type").value("text").key("text").value(answer_json);
    json.end().end();
    json.key("structuredContent").raw(answer_json);
    json.key("isError").value(is_error);
    json.end();
    return json.take();
}

}  // namespace lifeline::mcp
