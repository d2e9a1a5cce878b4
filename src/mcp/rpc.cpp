#include "mcp/rpc.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::mcp {

namespace {

using contract::Json;
using contract::refuse;
namespace reason = contract::reason;

constexpr std::size_t id_bytes_max = 256;
constexpr std::size_t method_bytes_max = 128;

// What JSON-RPC calls it; everything that this server has its own word for is -32000.
int code_of(const Error& error) {
    if (error.reason == reason::rpc_method_unknown) return -32601;
    if (error.reason == reason::rpc_invalid) return -32600;
    if (error.reason == reason::tool_unknown || error.reason == reason::args_invalid) return -32602;
    for (const std::string_view unread :
         {reason::json_invalid, reason::utf8_invalid, reason::depth_exceeded, reason::duplicate_key,
          reason::number_out_of_range, reason::lone_surrogate, reason::nul_character})
        if (error.reason == unread) return -32700;
    return error.reason == reason::internal ? -32603 : -32000;
}

Result<std::string> read_id(const Json& id) {
    const auto text = id.as_text();
    if (!text && !id.as_integer())
        return refuse(reason::rpc_invalid, "an id is a text or a whole number", "/id");
    if (text && text->size() > id_bytes_max)
        return refuse(reason::rpc_invalid, "the id is too long", "/id");
    return contract::canonical_json(id);
}

}  // namespace

Result<RpcMessage> read_rpc(std::string_view body) {
    const auto json = Json::parse(body);
    if (!json) return fail(json.error());
    if (!json->is_object() || json->text("jsonrpc") != "2.0")
        return refuse(reason::rpc_invalid, "no JSON-RPC 2.0 message");
    RpcMessage message;
    const auto method = json->text("method");
    const auto id = json->find("id");
    if (!method) {
        if (!json->find("result") && !json->find("error"))
            return refuse(reason::rpc_invalid, "neither a method nor an answer");
        message.kind = RpcMessage::Kind::answer;
        return message;
    }
    if (method->size() > method_bytes_max)
        return refuse(reason::rpc_invalid, "the method's name is too long", "/method");
    message.method = *method;
    message.params = json->find("params");
    if (message.params && !message.params->is_object())
        return refuse(reason::rpc_invalid, "params is an object", "/params");
    if (!id) return message;
    auto id_json = read_id(*id);
    if (!id_json) return fail(id_json.error());
    message.kind = RpcMessage::Kind::request;
    message.id_json = std::move(*id_json);
    return message;
}

std::string rpc_result(std::string_view id_json, std::string_view result_json) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id_json, result_json);
}

std::string rpc_refusal(std::string_view id_json, const Error& error, std::string_view request_id) {
    const auto* known = contract::find_reason(error.reason);
    if (known == nullptr) known = contract::find_reason(reason::internal);
    // Why a token is bad is for the log only.
    const bool secretive = error.code == Code::unauthenticated;
    contract::JsonWriter json;
    json.object().key("jsonrpc").value("2.0").key("id").raw(id_json);
    json.key("error").object();
    json.key("code").value(code_of(error));
    json.key("message").value(secretive || error.detail.empty()
                                  ? std::string(known->meaning)
                                  : fmt::format("{} {}", known->meaning, error.detail));
    json.key("data").object();
    json.key("code").value(known->reason);
    json.key("fix").value(known->fix);
    json.key("retryable").value(known->retryable);
    if (!error.pointer.empty()) json.key("pointer").value(error.pointer);
    if (error.retry_after.count() > 0) json.key("retryAfterMs").value(error.retry_after.count());
    if (!request_id.empty()) json.key("requestId").value(request_id);
    json.end();
    json.end();
    json.end();
    return json.take();
}

}  // namespace lifeline::mcp
