#pragma once

#include <cstdint>
#include <string>

#include "mcp/tool_call.h"
#include "transcript/fold.h"

namespace lifeline::api {

// The answer of get_transcript: what was heard, as it stands, in the order in which it began.
// Without `after` what was said last; else what was said, corrected or redacted since, in pages of
// `limit`, and `next` goes on from there without passing anything over.
std::string agent_transcript(const transcript::Fold& fold, const mcp::AskedTranscript& asked,
                             std::uint64_t head);

}  // namespace lifeline::api
