#pragma once

#include <cstddef>

namespace lifeline::journal {

struct IndexPolicy {
    // A flush costs by the streams that are in it, so many events make it cheap; a start after a
    // crash folds at most about as many again.
    std::size_t flush_events = 32'768;
};

}  // namespace lifeline::journal
