#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/openclaw_wire.h"

namespace lifeline::agent::openclaw {

// One run as its events and answers tell it, which is more than once: each text comes by two
// streams, numbers start over, two ends follow an abort, and pieces come after the end. What is
// told on from here is told once. Pure.
class Story {
public:
    enum class End : std::uint8_t { none, finished, cancelled, failed };

    // What of this is new text; empty when nothing is. The first end counts.
    std::string take(const Heard& heard);

    End end() const { return end_; }
    // Its result was told too: nothing more is to be waited for.
    bool complete() const { return end_ != End::none && (end_ != End::finished || result_); }
    const std::string& failure() const { return failure_; }
    const std::optional<Usage>& usage() const { return usage_; }
    const std::string& model() const { return model_; }

private:
    std::string tell(const Heard& heard);

    std::string message_;  // Of the message that is being written.
    bool told_any_ = false;
    bool result_ = false;
    End end_ = End::none;
    std::string failure_;
    std::optional<Usage> usage_;
    std::string model_;
};

// What the agent is sent for a turn: it keeps the conversation itself, so only what is new in it,
// after what is so now and how to name the call.
std::string message_of(const Prompt& prompt);

}  // namespace lifeline::agent::openclaw
