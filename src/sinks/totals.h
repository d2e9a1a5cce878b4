#pragma once

#include <cstdint>
#include <span>

#include "sinks/adapter.h"

namespace lifeline::sinks {

// What a sum that a sink gave says of one charge. `known` is what it certainly has of the same
// account, item and hour; `others` are the quantities of those that may be there too. Only where
// every way to come to that sum agrees it is an answer.
Found judge_sum(const Found& found, std::int64_t known, std::int64_t quantity,
                std::span<const std::int64_t> others);

}  // namespace lifeline::sinks
