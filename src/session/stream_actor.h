#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"
#include "call/command.h"
#include "call/decide.h"
#include "call/judge.h"
#include "call/state.h"
#include "contract/event.h"
#include "journal/journal.h"

namespace lifeline::session {

using journal::Done;

// What became of a command: it is durable now.
struct Receipt {
    std::string event_id;    // Of the published event, or of the first that the server made; may be
                             // empty when there was nothing to do.
    std::uint64_t seq = 0;   // Where that event stands; the head when there was nothing to do.
    bool duplicate = false;  // It stood there before.
    std::uint64_t head = 0;  // The stream's head after this turn.
};

// Told after each append that changed the call, on its loop, before the answers.
class Watcher {
public:
    virtual void changed() = 0;

protected:
    ~Watcher() = default;
};

// The only writer of one call's stream. A turn takes what has arrived, decides it all, appends once
// and answers: commands that arrive together share one flush to disk. Answers come after the
// append, so an answer means durable. Lives on its stream's loop.
class Actor {
public:
    using Ready = std::move_only_function<void(Status)>;

    // `judge` is whoever speaks for tools and policy at the moment of a decision.
    Actor(std::string id, std::unique_ptr<journal::Stream> stream, Loop& loop,
          contract::EventChecker& checker, const std::shared_ptr<const call::Judge>& judge);
    ~Actor();
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;

    // Folds the stream into the state; once, before anything else.
    void load(Ready ready);

    void submit(call::Command command, Done<Receipt> answer);

    // Tells when the state holds nothing that a crash could take back: at once, or at the end of
    // the turn that is on its way to the disk. An error when the call cannot be read.
    void when_durable(Ready ready);

    const std::string& id() const { return id_; }
    // Between turns, what is durable; while one is being decided or written, that and what it
    // wants.
    const call::State& state() const { return state_; }
    journal::Stream& stream() { return *stream_; }
    // Whose word on tools and policy counts now.
    const call::Judge& judge() const { return *judge_; }

    // Someone shows this call to somebody: the actor stays until unwatch.
    void watch(Watcher& watcher);
    void unwatch(Watcher& watcher);
    // Nothing would be lost by closing this actor now.
    bool idle() const;
    SteadyTime last_used() const { return last_used_; }

    // Called after each append that changed something, on the loop.
    std::function<void()> on_appended;

private:
    struct Submission {
        call::Command command;
        Done<Receipt> answer;
        bool known_new = false;  // The journal was asked: this eventId is not in it.
    };
    struct Turn;

    void schedule();
    void run_turn();
    // False when the submission has to wait for something.
    bool decide_one(Submission& submission, Turn& turn);
    Result<contract::Event> make(const call::ServerEvent& wanted, WallTime now);
    void append(Turn turn);
    void appended(Turn turn, Result<journal::Appended> result);
    void look_up(Submission submission);
    void looked_up(Submission submission, Result<std::optional<journal::StoredEvent>> found);
    void turn_failed(const Error& error);
    void reload();
    struct Loading;
    void read_on(std::shared_ptr<Loading> loading);
    void tell_durable(const Status& status);
    void arm_deadline(Millis not_before = Millis{0});

    std::string id_;
    std::unique_ptr<journal::Stream> stream_;
    Loop& loop_;
    contract::EventChecker& checker_;  // Shared by the loop's actors: buffers only.
    const std::shared_ptr<const call::Judge>& judge_;
    call::State state_;
    std::uint64_t folded_ = 0;  // How far the state has read the stream.

    std::deque<Submission> mailbox_;
    bool turn_scheduled_ = false;
    bool deciding_ = false;
    bool appending_ = false;
    bool loading_ = true;
    bool unread_ = false;  // The state has decisions in it that were not written.
    SteadyTime refusing_until_;
    Error refusal_;  // What commands hear until then.
    std::vector<Ready> waiting_for_durable_;
    int looking_up_ = 0;
    std::vector<Watcher*> watchers_;
    SteadyTime last_used_;
    Loop::TimerId deadline_timer_ = 0;
    WallTime deadline_ = WallTime::max();
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::session
