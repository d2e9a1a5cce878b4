#pragma once

#include "session/call_rules.h"
#include "session/stream_actor.h"

namespace lifeline::session {

// The only writer of one call.
using Actor = StreamActor<CallRules>;

}  // namespace lifeline::session
