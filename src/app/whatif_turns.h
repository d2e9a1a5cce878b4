#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/config_agents.h"
#include "base/result.h"
#include "rerun/recorded_turn.h"
#include "rerun/turn_difference.h"
#include "rerun/turn_run.h"

namespace lifeline::app {

// What another agent made of recorded turns.
struct WhatIfTurns {
    struct One {
        rerun::RecordedTurn turn;
        rerun::Answer answer;
        rerun::TurnDifference difference;
    };
    std::string agent;
    std::string driver;
    std::string endpoint = {};  // The only place that was connected to; empty: none.
    std::vector<One> turns = {};
    std::size_t left_out = 0;  // Beyond --max-turns.
};

// The agent of that name; the scripted one with its standard rules for `scripted`, which needs no
// configuration. config_invalid for none, and for one whose tools are its own: it could act.
Result<AgentConfig> agent_to_ask(const Config& config, const std::string& name);

// Asks it every turn, one after the other; what it calls is not carried out. Connects to its
// model's endpoint and nowhere else. Blocks. `told` hears how far it is, before each turn.
Result<WhatIfTurns> ask_turns(
    const Config& config, const AgentConfig& agent, std::vector<rerun::RecordedTurn> turns,
    const std::function<void(std::size_t number, const WhatIfTurns& so_far)>& told);

}  // namespace lifeline::app
