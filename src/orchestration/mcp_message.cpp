#include "orchestration/mcp_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "contract/json_writer.h"
#include "orchestration/foreign_text.h"
#include "orchestration/json_fit.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

namespace {

using contract::Json;

constexpr std::size_t id_bytes_max = 256;
constexpr std::size_t tool_name_bytes_max = 128;
constexpr std::size_t description_characters_max = 4096;
constexpr std::size_t input_schema_bytes_max = 64 * 1024;

std::unexpected<Error> no_message(std::string why) {
    return fail(Code::malformed, "bad_format", std::move(why));
}

Result<McpMessage> parse_answer(const Json& json, const std::optional<Json>& id) {
    // Ours are numbers; one that is none answers nothing that we asked.
    const auto number = id ? id->as_integer() : std::nullopt;
    if (!number) return no_message("an answer without an id of ours");
    McpMessage message;
    message.id = *number;
    const auto error = json.find("error");
    const auto result = json.find("result");
    if (error.has_value() == result.has_value()) return no_message("neither result nor error");
    message.kind = error ? McpMessage::Kind::error : McpMessage::Kind::result;
    message.body = error ? error : result;
    return message;
}

std::string envelope(std::string_view id_json, std::string_view key, std::string_view value) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"{}":{}}})", id_json, key, value);
}

}  // namespace

bool knows_mcp_version(std::string_view version) {
    constexpr std::array<std::string_view, 4> known = {"2024-11-05", "2025-03-26", "2025-06-18",
                                                       "2025-11-25"};
    return std::ranges::find(known, version) != known.end();
}

Result<McpMessage> parse_mcp_message(std::string_view text) {
    const auto json = Json::parse(tame_json(text));
    if (!json) return fail(json.error());
    if (json->text("jsonrpc") != "2.0") return no_message("no JSON-RPC 2.0");
    const auto method = json->text("method");
    const auto id = json->find("id");
    if (!method) return parse_answer(*json, id);
    McpMessage message;
    message.method = fit(*method, tool_name_bytes_max);
    if (!id) {
        message.body = json->find("params");
        return message;
    }
    message.kind = McpMessage::Kind::request;
    if (!id->is_text() && !id->as_integer()) return no_message("an id that is none");
    message.id_json = json_text(*id, id_bytes_max);
    if (id->is_text() && id->as_text()->size() > id_bytes_max / 8) return no_message("a long id");
    return message;
}

std::string mcp_request(std::int64_t id, std::string_view method, std::string_view params_json) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                       params_json);
}

std::string mcp_notification(std::string_view method, std::string_view params_json) {
    return fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{}}})", method, params_json);
}

std::string mcp_reply(std::string_view id_json) {
    return envelope(id_json, "result", "{}");
}

std::string mcp_refusal(std::string_view id_json, int code, std::string_view message) {
    contract::JsonWriter error;
    error.object().key("code").value(code).key("message").value(message).end();
    return envelope(id_json, "error", error.take());
}

std::optional<McpProgress> mcp_progress_from(const Json& params) {
    constexpr std::size_t characters_max = 256;
    const auto number = [&](std::string_view key) {
        const auto found = params.find(key);
        return found ? found->as_number() : std::nullopt;
    };
    const auto token = params.find("progressToken");
    const auto ours = token ? token->as_integer() : std::nullopt;
    const auto progress = number("progress");
    if (!ours || !progress) return std::nullopt;
    McpProgress told{.token = *ours};
    if (const auto total = number("total"); total && *total > 0)
        told.percent = std::clamp(100.0 * *progress / *total, 0.0, 100.0);
    told.message = fit(params.text("message").value_or(""), characters_max);
    if (told.message.empty())
        told.message = told.percent ? fmt::format("{:.0f} %", *told.percent) : "It is at it.";
    return told;
}

std::string mcp_error_text(const Json& error) {
    constexpr std::size_t characters_max = 512;
    const auto code = error.find("code");
    const auto number = code ? code->as_integer() : std::nullopt;
    const std::string message = fit(error.text("message").value_or("no message"), characters_max);
    return number ? fmt::format("{} ({})", message, *number) : message;
}

std::optional<McpTool> mcp_tool_from(const Json& json) {
    const auto name = json.text("name");
    if (!name || name->empty() || name->size() > tool_name_bytes_max) return std::nullopt;
    McpTool tool{.name = std::string(*name)};
    tool.title = fit(json.text("title").value_or(""), tool_name_bytes_max);
    tool.description = fit(json.text("description").value_or(""), description_characters_max);
    if (const auto schema = json.find("inputSchema"); schema && schema->is_object()) {
        std::string text = json_text(*schema, 2 * input_schema_bytes_max);
        if (text.size() <= input_schema_bytes_max) tool.input_schema_json = std::move(text);
    }
    const auto hints = json.find("annotations");
    const auto hint = [&](std::string_view key) {
        const auto found = hints ? hints->find(key) : std::nullopt;
        return found ? found->as_bool() : std::nullopt;
    };
    tool.read_only = hint("readOnlyHint");
    tool.destructive = hint("destructiveHint");
    tool.idempotent = hint("idempotentHint");
    tool.open_world = hint("openWorldHint");
    return tool;
}

}  // namespace lifeline::orchestration
