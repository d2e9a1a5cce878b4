#pragma once

#include "load/options.h"

namespace lifeline::load {

// Everybody in 3,334 calls of three is cut at once; each call goes on without them for a while;
// then they all come back at the same moment, with their cursors and resume tokens. Prints when
// each of them was live again, and whether every missed event came once.
void run_storm(const Options& options);

}  // namespace lifeline::load
