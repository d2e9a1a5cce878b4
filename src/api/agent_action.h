#pragma once

#include <string>

#include "base/clock.h"
#include "base/loop.h"
#include "call/state.h"
#include "identity/principal.h"
#include "journal/journal.h"
#include "mcp/answer.h"
#include "mcp/request_id.h"
#include "mcp/tool_call.h"

// What an agent does in a call by the MCP door: the same event by the same front door as on a
// socket, and an answer that says how it stands.
namespace lifeline::api {

class Api;

// Whether this principal is an agent of this call, which is not over: a stranger, and who was
// removed, hear that there is no such call.
Status may_act(const call::State& state, const identity::Principal& agent);

struct AgentRequest {
    std::string session_id;
    identity::Principal agent;
    mcp::AskedAction asked;
    mcp::RequestIds ids;
    std::string tool_call_id;  // Of the agent's model; may be empty.
};

// Publishes the request unless it stands there already, and waits as long as was asked for its
// outcome, but for no person. `done` runs on `home`.
void request_action_for(Api& api, AgentRequest request, Loop& home,
                        journal::Done<mcp::ActionAnswer> done);

struct AgentQuestion {
    std::string session_id;
    identity::Principal agent;
    std::string action_id;
    Millis wait{0};  // Until it is over; for a person too, since the agent knows of them.
};

void tell_action_to(Api& api, AgentQuestion question, Loop& home,
                    journal::Done<mcp::ActionAnswer> done);

}  // namespace lifeline::api
