#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/driver.h"
#include "base/clock.h"

namespace lifeline::rerun {

// An action that an agent asked for in a turn, as it asked.
struct RecordedCall {
    std::string action_id = {};
    std::string type = {};
    std::string args_json = "{}";  // Canonical.
    std::string answer = {};       // What its model was told of it while the turn ran.
};

// A turn of the journal: what the agent was given when it began, and what it made of it.
struct RecordedTurn {
    std::string session_id = {};
    std::string turn_id = {};
    std::string agent_id = {};
    std::string orchestrator = {};  // "openai", "scripted", ...
    std::uint64_t seq = 0;          // Of its beginning.
    WallTime at;
    agent::Prompt prompt = {};  // Without tools: which there are now is for whoever runs it again.
    std::vector<RecordedCall> calls = {};
    std::string text = {};
    std::string state = "open";  // "completed", "failed", "cancelled"
    std::string why = {};        // Of what was not completed: its code or cause.
    bool lost = false;           // Something of it, or of the call before it, was erased.
};

}  // namespace lifeline::rerun
