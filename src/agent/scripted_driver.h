#pragma once

#include "agent/driver.h"
#include "agent/script.h"
#include "base/loop.h"

namespace lifeline::agent {

// Thinks by rules: the same words always get the same answer, without a model and without a
// network. It knows nothing but the prompt, like every driver.
class ScriptedDriver final : public Driver {
public:
    ScriptedDriver(Loop& loop, Script script) : loop_(loop), script_(std::move(script)) {}

    std::string_view name() const override { return "scripted"; }
    std::string_view model() const override { return {}; }
    bool asks_a_model() const override { return false; }
    std::unique_ptr<Run> start(Prompt prompt, Hearer& hearer) override;

private:
    Loop& loop_;
    Script script_;
};

// What a script answers, before it is told bit by bit. Pure.
struct ScriptedAnswer {
    std::string text;
    std::vector<ToolCall> calls;

    friend bool operator==(const ScriptedAnswer&, const ScriptedAnswer&) = default;
};
ScriptedAnswer scripted_answer(const Script& script, const Prompt& prompt);

}  // namespace lifeline::agent
