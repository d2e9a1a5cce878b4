#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "safety/kill_switches.h"
#include "safety/policy.h"
#include "tools/tool.h"

namespace lifeline::app {

struct Canary {
    bool approved = false;  // It would have been begun although nobody was asked.
    std::string rule;       // That decided, or `deny` and `ask` by default; or a kill switch.
};

// A send that nobody approved, on its way through the real gates: the same decider, policy and
// registry as a call has, with one more tool of high risk that leads nowhere. No external engine is
// asked: what it would stop, the policy should not have let through.
Result<Canary> fly_canary(const safety::Policy& policy, std::vector<tools::Tool> tools,
                          const safety::KillSwitches& switches = {});

}  // namespace lifeline::app
