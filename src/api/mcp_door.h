#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// POST /mcp: Lifeline as an MCP server, by which an agent outside acts in a call. Streamable HTTP
// without a stream: each POST is answered by one JSON, nothing is kept between two, and GET has
// nothing to listen to. What is spoken is room `mcp`; this is one more way to the same doors that
// REST leads to, with the same tokens, the same limits and the same words for no.
void mcp_door(Api& api, Asked asked);

}  // namespace lifeline::api
