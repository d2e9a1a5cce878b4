#pragma once

#include "api/policy_in_force.h"
#include "app/config.h"
#include "base/result.h"
#include "safety/kill_switches.h"
#include "safety/policy_record.h"

namespace lifeline::app {

// Which policy counts: that of the file which the configuration names; without one what was put
// last; else the standard one. `of_file` is the file's, or the standard one where none is named.
// policy_invalid where what was put cannot be read.
Result<api::PolicyInForce> policy_in_force(const Config& config, safety::Policy of_file,
                                           const safety::PolicyRecord& record);

// What calls go by that are of no call: the policy, and what is stopped by hand.
struct RulesInForce {
    api::PolicyInForce policy;
    safety::KillSwitches switches;
};

// As a server of this configuration and its data folder has them, for commands that judge as it
// would. Only looks, so a server may run.
Result<RulesInForce> read_rules_in_force(const Config& config);

}  // namespace lifeline::app
