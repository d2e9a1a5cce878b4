#pragma once

#include <string>
#include <string_view>

#include "mcp/tool_call.h"

namespace lifeline::mcp {

// Under which names an agent's request goes into the call: derived from what it is, so that a POST
// that is sent again (as clients do when an answer is lost) is the same event and the same action.
struct RequestIds {
    std::string action_id;
    std::string event_id;
};

// What tells one request from the next, from the surest to the weakest: the key that the agent
// gave, the id of the model's own tool call, or the id of the JSON-RPC request within the client's
// connection (`mcp_session` is the Mcp-Session-Id that `initialize` gave it).
struct Repetition {
    std::string_view mcp_session;
    std::string_view rpc_id_json;
};

RequestIds request_ids(std::string_view session_id, std::string_view agent_id,
                       const AskedAction& asked, const Naming& naming,
                       const Repetition& repetition);

}  // namespace lifeline::mcp
