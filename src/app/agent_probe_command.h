#pragma once

#include "app/command_line.h"

namespace lifeline::app {

// What `agent probe` is asked, and what it does.
void add_agent_probe(Command command);

}  // namespace lifeline::app
