#pragma once

#include "session/actor.h"
#include "session/stream_shard.h"

namespace lifeline::session {

// The calls of one loop.
using Shard = StreamShard<CallRules>;

}  // namespace lifeline::session
