#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/conversation.h"
#include "agent/hosted.h"
#include "agent/live_turn.h"
#include "agent/outbox.h"
#include "agent/spend.h"
#include "base/loop.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "tools/registry.h"

namespace lifeline::agent {

// One agent in one call: folds the call's events, decides by them when to answer, and runs one turn
// at a time. It keeps nothing that the events do not give back: another process that folds them
// ends what this one left open and answers what is unanswered.
class Seat {
public:
    struct Parts {
        Loop& loop;
        Door& door;
        const Hosted& agent;
        Ledger& ledger;
        std::function<tools::Registry()> tools;  // As they are now.
        // The call is over, or the agent was sent away, or the seat was given up, and all was said
        // that was to be said: nobody needs it any more. It may be destroyed from inside.
        std::function<void()> left = {};
    };

    Seat(Parts parts, std::string session_id);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    // Each event of the call, in order.
    void take(const journal::StoredEvent& stored);
    // All there is was taken; from now on it acts.
    void caught_up();
    // The last of the call that this one continues.
    void take_before(std::vector<Message> before) { before_ = std::move(before); }
    // No turn goes on or begins here.
    void give_up() { leave(LiveTurn::Why::stopping); }

    const Conversation& conversation() const { return conversation_; }
    // It has left, or is about to.
    bool is_over() const { return over_; }
    bool busy() const { return turn_ != nullptr; }

private:
    void consider();
    void begin(TurnDecision decision);
    void recover(const std::string& turn_id);
    void take_up();
    void measure_dead(const TurnRecord& turn);
    void close_dead(const TurnRecord& turn, As as);
    void leave(LiveTurn::Why why);
    void cut_late(std::string_view turn_id);

    Parts parts_;
    Conversation conversation_;
    Outbox outbox_;
    contract::EventChecker checker_;
    std::vector<Message> before_;
    std::unique_ptr<LiveTurn> turn_;
    std::string recovering_;
    std::uint64_t turn_number_ = 0;  // Of the last turn that was tried.
    Loop::TimerId timer_ = 0;
    bool caught_up_ = false;
    bool over_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::agent
