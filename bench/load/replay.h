#pragma once

#include "load/options.h"

namespace lifeline::load {

// As many events as --events in each of --calls calls, which somebody then has shown to them from
// the beginning, again and again: over a WebSocket each, up to 64 at once. The first time warms the
// pages and does not count. Prints how many events a second arrived.
void run_replay(const Options& options);

}  // namespace lifeline::load
