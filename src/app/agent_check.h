#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/driver.h"
#include "agent/spend.h"
#include "app/config_agents.h"
#include "base/clock.h"
#include "base/result.h"

namespace lifeline::app {

// What one question to an agent's model came to.
struct CheckedCall {
    std::string text = {};
    std::optional<agent::ToolCall> call = {};
    std::string model = {};
    std::optional<agent::Usage> usage = {};
    std::optional<agent::Failure> failure = {};
    std::optional<Millis> first = {};  // Until the first word, or the call.
    Millis all{0};
    std::size_t pieces = 0;
};

// What it cost, in nano-units; nothing where the tokens or their prices are not known.
std::optional<std::int64_t> cost_of(const AgentConfig& config, const CheckedCall& call);

// Asks its model twice, as a turn would: for a sentence, and for a tool's call. Blocks.
struct AgentCheck {
    CheckedCall sentence;
    // Not asked for where there was no sentence, and of agents whose tools this check cannot give
    // them: those of a scripted one stand in its rules, OpenClaw has its own.
    std::optional<CheckedCall> tool = {};
    bool tool_called = false;  // The right one, with arguments that are JSON.

    bool passed() const { return !sentence.failure && (!tool || (!tool->failure && tool_called)); }
    // What to do, where it did not.
    std::string advice(const AgentConfig& config) const;
};
Result<AgentCheck> check_agent(const AgentConfig& config);

}  // namespace lifeline::app
