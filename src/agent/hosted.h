#pragma once

#include <memory>

#include "agent/driver.h"
#include "agent/settings.h"

namespace lifeline::agent {

// An agent as it is now: both may be exchanged while it serves, and count from its next turn. A
// turn that runs keeps what it began with.
struct Hosted {
    AgentSettings settings;
    std::shared_ptr<Driver> driver;
};

}  // namespace lifeline::agent
