#pragma once

#include <string>

#include "api/exchange.h"
#include "base/result.h"
#include "mcp/rpc.h"

namespace lifeline::api {

class Api;

// One JSON-RPC request on its way to its answer.
struct RpcAsked {
    Asked http;
    std::string id_json = "null";
    std::string mcp_session = {};  // The client's connection, as `initialize` named it; its word.

    void answer(std::string_view result_json);
    // A refusal of what could be read is an answer like another: HTTP says 200.
    void refuse(const Error& error);
};

// tools/call.
void call_tool(Api& api, RpcAsked asked, const contract::Json& params);

}  // namespace lifeline::api
