#pragma once

#include "app/metric.h"

namespace lifeline::app {

// What the kernel says of this process. Reads files of /proc, so not on a loop.
Samples process_samples();

}  // namespace lifeline::app
