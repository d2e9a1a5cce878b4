#pragma once

#include <vector>

#include "tools/tool.h"

namespace lifeline::app {

// What every agent may do with documents of its call, also where nothing is configured.
std::vector<tools::Tool> document_tools();

}  // namespace lifeline::app
