#pragma once

#include <cstddef>

namespace lifeline::journal {

struct IndexPolicy {
    // A flush of this many takes the reader's worker a few milliseconds, and a start after a crash
    // folds at most about as many again.
    std::size_t flush_events = 4096;
};

}  // namespace lifeline::journal
