#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/driver.h"
#include "agent/settings.h"
#include "agent/spend.h"
#include "base/loop.h"
#include "rerun/recorded_turn.h"

namespace lifeline::rerun {

// What an agent made of a recorded turn.
struct Answer {
    std::vector<agent::ToolCall> calls = {};  // That it would ask for; arguments canonical.
    std::string text = {};
    // "end_turn" or the model's word; "unasked" where it asked for what was not asked for then, so
    // that nobody knows what it would have been told; "max_rounds"; "quota".
    std::string stopped = {};
    std::optional<agent::Failure> failure = {};
    std::string model = {};
    int rounds = 0;
    std::int64_t input_tokens = 0;  // Of those that were told.
    std::int64_t output_tokens = 0;
    bool usage_known = true;
    agent::Amount amount = {};  // Its guess where the usage is not known.

    // It came to its own end.
    bool whole() const { return !failure && stopped != "unasked" && stopped != "quota"; }
};

// One recorded turn, asked of another agent's driver. What it calls is not carried out: it is told
// what was recorded of the same call, and where there is none, that is the end. Nothing is
// published, and there is no door through which anything could be. Lives on its loop.
class TurnRun final : agent::Hearer {
public:
    struct Parts {
        Loop& loop;
        agent::Driver& driver;  // One that does not act by itself.
        const agent::AgentSettings& settings;
        agent::Ledger& ledger;  // Of this run: its caps hold for it.
        std::vector<agent::ToolOffer> tools = {};
    };
    using Done = std::move_only_function<void(Answer)>;

    // `done` may destroy it.
    TurnRun(Parts parts, const RecordedTurn& turn, Done done);
    ~TurnRun();
    TurnRun(const TurnRun&) = delete;
    TurnRun& operator=(const TurnRun&) = delete;

private:
    void text(std::string_view piece) override;
    void thought(std::string_view piece) override { thought_ += piece; }
    void called(agent::ToolCall call) override;
    void answering(std::string_view model) override { answer_.model = model; }
    void used(const agent::Usage& usage) override { usage_ = usage; }
    void gave_way(const agent::Failure& failure) override;
    void ended(std::string_view stop_reason) override;
    void failed(const agent::Failure& failure) override;

    void ask();
    void account();
    bool answer_calls();
    const RecordedCall* recorded(const agent::ToolCall& call);
    void finish(std::string_view stopped);

    Parts parts_;
    const RecordedTurn& turn_;
    Done done_;
    agent::Prompt prompt_;
    Answer answer_;
    std::vector<bool> used_up_;  // Of the turn's calls.
    std::unique_ptr<agent::Run> run_;
    Loop::TimerId timer_ = 0;
    std::optional<agent::Usage> usage_;
    std::string round_text_;
    std::string thought_;
    std::vector<agent::ToolCall> round_calls_;
    std::size_t asked_ = 0;   // Model calls that are over,
    std::size_t called_ = 0;  // and calls of tools.
    bool over_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::rerun
