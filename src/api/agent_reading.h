#pragma once

#include <cstdint>
#include <string>

#include "base/loop.h"
#include "identity/principal.h"
#include "journal/journal.h"
#include "mcp/context.h"
#include "mcp/tool_call.h"

// What an agent reads of its call by the MCP door: from the journal, all of the call, and no more
// than it may see.
namespace lifeline::api {

class Api;

void read_transcript_for(Api& api, std::string session_id, identity::Principal agent,
                         mcp::AskedTranscript asked, Loop& home, journal::Done<std::string> done);

struct ReadContext {
    std::string json;
    mcp::Recent recent;
};
void read_context_for(Api& api, std::string session_id, identity::Principal agent, Loop& home,
                      journal::Done<ReadContext> done);

}  // namespace lifeline::api
