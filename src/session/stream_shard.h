#pragma once

#include <cstdint>
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

// Whether a stream without events is one that is about to be made.
enum class Missing : std::uint8_t { refuse, create };

// The streams of one kind that are pinned to one loop: opens an actor when somebody asks for its
// stream, keeps it while it is used or has a deadline to keep, closes it when it is idle. Lives on
// its loop.
template <class Rules>
class StreamShard {
public:
    using Actor = StreamActor<Rules>;
    using Command = typename Rules::Command;
    using Judge = typename Rules::Judge;
    using Missing = session::Missing;

    StreamShard(Loop& loop, journal::Journal& journal);
    ~StreamShard();
    StreamShard(const StreamShard&) = delete;
    StreamShard& operator=(const StreamShard&) = delete;

    // The stream's actor, opened if need be, at a moment when all of its state is durable;
    // Rules::not_found for a stream without events, unless the caller is about to write the first.
    // The pointer is good until the loop's next job, or for as long as it is held.
    void with(std::string id, Missing missing, Done<Actor*> done);

    void submit(std::string id, Command command, Done<Receipt> answer);

    Loop& loop() { return loop_; }
    std::size_t open() const { return streams_.size(); }

    // Called soon after appends to any of this loop's streams, at most once in a while: for views,
    // which follow the journal in steps.
    std::function<void()> on_appended;
    // Called after an append to a stream in which somebody else now has something to do
    // (Rules::has_news, and Rules::news_when_opened): an action to claim or to call off, a call to
    // be told of a document.
    std::function<void(const std::string& id)> on_work;

    // Whose word counts from now on. `in_force` when nothing that was decided by another's word is
    // still on its way to the disk: what the journal gets after that is by this one's.
    void take_judge(
        std::shared_ptr<const Judge> judge, std::move_only_function<void()> in_force = [] {});

private:
    struct Held {
        std::unique_ptr<Actor> actor;
        bool ready = false;
        std::vector<std::pair<Missing, Done<Actor*>>> waiting;
    };

    // The stream's actor, whatever it is doing.
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
    std::shared_ptr<const Judge> judge_ = Rules::first_judge();
    std::unordered_map<std::string, Held> streams_;
    Loop::TimerId sweep_timer_ = 0;
    Loop::TimerId tell_timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::session
