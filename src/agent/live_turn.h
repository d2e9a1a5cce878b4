#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "agent/conversation.h"
#include "agent/driver.h"
#include "agent/outbox.h"
#include "agent/prompt.h"
#include "agent/settings.h"
#include "agent/spend.h"
#include "agent/turn_names.h"
#include "base/loop.h"

namespace lifeline::agent {

// One turn of an agent while it runs: says that it begins, asks the model, shows its words as they
// come, asks for the actions that it wants, waits for what needs no person, asks again with what
// came of it, and says how it ended. It ends once: by itself, by `stop`, or by `abandon`.
//
// What it knows of the call is the conversation, which its seat folds; it keeps for itself only
// what this turn's model calls said.
class LiveTurn final : Hearer {
public:
    struct Parts {
        Loop& loop;
        std::shared_ptr<Driver> driver;
        AgentSettings settings;  // As they were when it began.
        const Conversation& conversation;
        const std::vector<Message>& before;
        Ledger& ledger;
        Outbox& outbox;
        std::vector<ToolOffer> tools;
        // It was refused its beginning: no event will tell.
        std::function<void()> refused;
    };

    LiveTurn(Parts parts, std::string id, TurnDecision decision);
    ~LiveTurn();
    LiveTurn(const LiveTurn&) = delete;
    LiveTurn& operator=(const LiveTurn&) = delete;

    void begin();
    // Something happened in the call.
    void look();
    // It is not wanted any more: the model is stopped, what was shown of the answer is kept as
    // heard.
    void stop(std::string_view cause, std::optional<Millis> played);
    // Nobody is there any more whom it could answer, or who could: what its model has cost and what
    // was heard of it stays on record, and it is not open any longer.
    enum class Why : std::uint8_t { call_over, removed, stopping };
    void abandon(Why why);

    const std::string& id() const { return id_; }
    // It has said how it ended, or that it began was refused; nothing comes of it any more.
    bool is_over() const { return phase_ == Phase::over; }
    // It never began: nothing of it is in the call.
    bool was_refused() const { return refused_; }

private:
    enum class Phase : std::uint8_t { beginning, thinking, acting, over };

    // Of the model.
    void text(std::string_view piece) override;
    void thought(std::string_view piece) override;
    void called(ToolCall call) override;
    void answering(std::string_view model) override;
    void used(const Usage& usage) override;
    void gave_way(const Failure& failure) override;
    void ended(std::string_view stop_reason) override;
    void failed(const Failure& failure) override;

    void ask_model();
    void account();
    void carry_out();
    void carry_out(CalledTool& called);
    bool called_off_by_interruption(std::string_view tool) const;
    void ask_for(CalledTool& called, std::string args_json);
    void set_mode(CalledTool& called, std::string_view args_json);
    void note_intent(CalledTool& called, std::string_view args_json);
    void change_mode(std::string_view mode, std::string_view state, std::string_view reason,
                     std::string_view context_json, Outbox::Done done);
    Outbox::Done answer_when_taken(CalledTool& called);
    void refuse(CalledTool& called, const Error& error);
    bool settled() const;
    void show();
    void say(std::string_view words);
    void begin_utterance();
    void end_utterance();
    std::string read_back() const;
    void tell_results(std::string_view status);
    void quota(const Denied& denied);
    void finish(std::string_view stop_reason);
    void fail_with(const Failure& failure);
    void end_with(std::string_view type, std::string_view payload);
    void over();
    // `text` where it is a word as the contract has them.
    static std::string word_or(std::string_view text, std::string_view otherwise);
    std::int64_t call_millis() const;
    std::int64_t age() const;

    Parts parts_;
    std::string id_;
    TurnNames names_;
    TurnDecision decision_;
    std::string root_;  // What its actions' ids are derived from.
    Phase phase_ = Phase::beginning;
    bool refused_ = false;
    SteadyTime began_;

    std::unique_ptr<Run> run_;
    std::vector<Round> rounds_;
    std::string model_;
    std::optional<Usage> usage_;
    std::size_t asked_bytes_ = 0;  // Of the prompt: what a usage that never came is guessed from.
    std::size_t round_text_ = 0;   // Where this round's text begins.
    Amount spent_;
    std::size_t measured_ = 0;  // Model calls that are over.

    std::string text_;
    std::size_t shown_ = 0;              // Bytes of it that were shown,
    std::int64_t shown_characters_ = 0;  // and their characters.
    int deltas_ = 0;
    int modes_ = 0;
    std::int64_t mode_rev_ = 0;
    std::string own_mode_;  // That this agent set, and that is in force.
    std::int64_t utterance_began_ms_ = 0;
    bool utterance_begun_ = false;
    std::vector<std::string> telling_;  // Actions whose outcome the prompt on its way tells.
    std::unordered_set<std::string> told_;
    Loop::TimerId show_timer_ = 0;
    Loop::TimerId wait_timer_ = 0;
    bool waited_enough_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::agent
