#pragma once

#include "session/shard.h"
#include "session/streams.h"

namespace lifeline::session {

// All calls of this process.
using Sessions = Streams<CallRules>;

}  // namespace lifeline::session
