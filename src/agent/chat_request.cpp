#include "agent/chat_request.h"

#include <fmt/format.h>

#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

using contract::JsonWriter;

void write_message(JsonWriter& json, const Message& message, const Profile& profile,
                   WireNames& names) {
    json.object();
    switch (message.role) {
        case Message::Role::user:
            json.key("role").value("user").key("content").value(message.text);
            break;
        case Message::Role::tool:
            json.key("role").value("tool").key("tool_call_id").value(message.call_id);
            json.key("content").value(message.text);
            break;
        case Message::Role::assistant:
            json.key("role").value("assistant").key("content").value(message.text);
            if (message.calls.empty()) break;
            if (profile.thought_comes_back)
                json.key("reasoning_content")
                    .value(message.thought.empty() ? " " : message.thought);
            json.key("tool_calls").array();
            for (const ToolCall& call : message.calls) {
                json.object().key("id").value(call.id).key("type").value("function");
                json.key("function").object().key("name").value(names.wire(call.name));
                json.key("arguments").value(call.args_json).end().end();
            }
            json.end();
            break;
    }
    json.end();
}

}  // namespace

WireNames::WireNames(const Prompt& prompt) {
    for (const ToolOffer& tool : prompt.tools) wire(tool.name);
}

const std::string& WireNames::wire(const std::string& tool) {
    if (const auto known = to_wire_.find(tool); known != to_wire_.end()) return known->second;
    std::string name = wire_name(tool);
    // Two of ours that are one on the wire are told apart by a number.
    for (int i = 2; to_tool_.contains(name); ++i)
        name = fmt::format("{}_{}", wire_name(tool).substr(0, 60), i);
    to_tool_.emplace(name, tool);
    return to_wire_.emplace(tool, std::move(name)).first->second;
}

std::string WireNames::tool(std::string_view wire) const {
    const auto known = to_tool_.find(wire);
    return known == to_tool_.end() ? std::string(wire) : known->second;
}

std::string chat_request(const Prompt& prompt, const Profile& profile, std::string_view model,
                         WireNames& names) {
    JsonWriter json;
    json.object().key("model").value(model).key("stream").value(true);
    if (profile.asks_for_usage)
        json.key("stream_options").object().key("include_usage").value(true).end();
    if (prompt.output_tokens_max > 0) json.key(profile.limit_field).value(prompt.output_tokens_max);
    json.key("messages").array();
    if (!prompt.system.empty())
        json.object().key("role").value("system").key("content").value(prompt.system).end();
    for (const Message& message : prompt.messages) write_message(json, message, profile, names);
    json.end();
    if (!prompt.tools.empty()) {
        json.key("tools").array();
        for (const ToolOffer& tool : prompt.tools) {
            json.object().key("type").value("function").key("function").object();
            json.key("name").value(names.wire(tool.name));
            if (!tool.description.empty()) json.key("description").value(tool.description);
            json.key("parameters")
                .raw(tool.schema_json.empty() ? R"({"type":"object","properties":{}})"
                                              : tool.schema_json);
            json.end().end();
        }
        json.end();
    }
    json.end();
    return json.take();
}

}  // namespace lifeline::agent
