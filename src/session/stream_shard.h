#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "session/stream_actor.h"

namespace lifeline::session {

// The calls that are pinned to one loop: opens an actor when somebody asks for its call, keeps it
// while it is used or has a deadline to keep, closes it when it is idle. Lives on its loop.
class Shard {
public:
    enum class Missing { refuse, create };

    Shard(Loop& loop, journal::Journal& journal);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // The call's actor, opened if need be, at a moment when all of its state is durable;
    // session_not_found for a stream without events, unless the caller is about to write the first.
    // The pointer is good until the loop's next job, or for as long as it is held.
    void with(std::string id, Missing missing, Done<Actor*> done);

    void submit(std::string id, call::Command command, Done<Receipt> answer);

    Loop& loop() { return loop_; }
    std::size_t open() const { return calls_.size(); }

    // Called soon after appends to any of this loop's calls, at most once in a while: for views,
    // which follow the journal in steps.
    std::function<void()> on_appended;
    // Called after an append to a call in which an action may be claimed, or is to be called off.
    std::function<void(const std::string& id)> on_work;

    // Whose word counts from now on.
    void take_judge(std::shared_ptr<const call::Judge> judge) { judge_ = std::move(judge); }

private:
    struct Call {
        std::unique_ptr<Actor> actor;
        bool ready = false;
        std::vector<std::pair<Missing, Done<Actor*>>> waiting;
    };

    // The call's actor, whatever it is doing.
    void reach(std::string id, Missing missing, Done<Actor*> done);
    void open(const std::string& id);
    void opened(const std::string& id, Result<std::unique_ptr<journal::Stream>> stream);
    void loaded(const std::string& id, Status status);
    void let_go(const std::string& id);
    void tell();
    void sweep();

    Loop& loop_;
    journal::Journal& journal_;
    contract::EventChecker checker_;
    std::shared_ptr<const call::Judge> judge_ = call::no_tools();
    std::unordered_map<std::string, Call> calls_;
    Loop::TimerId sweep_timer_ = 0;
    Loop::TimerId tell_timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::session
