#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"

// JSON-RPC 2.0 as MCP uses it. Pure.
namespace lifeline::orchestration {

inline constexpr std::string_view mcp_protocol_version = "2025-06-18";
// Whether we can talk by that version: all of them look the same to a client that calls tools.
bool knows_mcp_version(std::string_view version);

struct McpMessage {
    enum class Kind : std::uint8_t { result, error, request, notification };
    Kind kind = Kind::notification;
    std::int64_t id = 0;                      // of result and error: one of ours
    std::string id_json = {};                 // of request: as it was sent, to be sent back
    std::string method = {};                  // of request and notification
    std::optional<contract::Json> body = {};  // the result, the error, or what a notification says
};

// Errors: the reason why it is no strict JSON, or bad_format when it is no message of this kind.
Result<McpMessage> parse_mcp_message(std::string_view json);

std::string mcp_request(std::int64_t id, std::string_view method, std::string_view params_json);
std::string mcp_notification(std::string_view method, std::string_view params_json);
// An empty result.
std::string mcp_reply(std::string_view id_json);
std::string mcp_refusal(std::string_view id_json, int code, std::string_view message);

// What `notifications/progress` says.
struct McpProgress {
    std::int64_t token = 0;  // Ours, from the request's `_meta`.
    std::string message = {};
    std::optional<double> percent = {};  // Where it says of how much.
};
// Nothing where it has no token of ours, or says nothing that could be told.
std::optional<McpProgress> mcp_progress_from(const contract::Json& params);

// "code -32602: Unknown tool", in a length for people.
std::string mcp_error_text(const contract::Json& error);

// A tool as a server describes it. Hints are the server's own opinion and no more.
struct McpTool {
    std::string name;
    std::string title = {};
    std::string description = {};
    std::string input_schema_json = R"({"type":"object"})";
    std::optional<bool> read_only = {};
    std::optional<bool> destructive = {};
    std::optional<bool> idempotent = {};
    std::optional<bool> open_world = {};
};

// Nothing when it has no name that could be called.
std::optional<McpTool> mcp_tool_from(const contract::Json& json);

}  // namespace lifeline::orchestration
