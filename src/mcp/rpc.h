#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/json.h"

// JSON-RPC 2.0 as the server of an MCP door hears and speaks it. Pure.
namespace lifeline::mcp {

struct RpcMessage {
    enum class Kind : std::uint8_t { request, notification, answer };
    Kind kind = Kind::notification;
    std::string id_json = "null";  // of request: as it is sent back
    std::string method = {};       // of request and notification
    std::optional<contract::Json> params = {};
};

// Refuses what is no strict JSON by its own reason, and what is no single message with
// `rpc_invalid`: batches too, which no version since 2025-06-18 has.
Result<RpcMessage> read_rpc(std::string_view body);

std::string rpc_result(std::string_view id_json, std::string_view result_json);

// The error a client gets: a number that JSON-RPC knows, and in `data` the stable code that every
// other door would have given, what to do, and by which id the log knows the request.
std::string rpc_refusal(std::string_view id_json, const Error& error, std::string_view request_id);

}  // namespace lifeline::mcp
