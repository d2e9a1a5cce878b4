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
#include "contract/event.h"
#include "journal/journal.h"
#include "session/open_stream.h"

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

// The only writer of one stream, a call's or a document's: `Rules` say what its events mean
// (CallRules shows what is asked of them). A turn takes what has arrived, decides it all, appends
// once and answers: commands that arrive together share one flush to disk. Answers come after the
// append, so an answer means durable. Lives on its stream's loop.
template <class Rules>
class StreamActor final : public OpenStream {
public:
    using State = typename Rules::State;
    using Command = typename Rules::Command;
    using Judge = typename Rules::Judge;
    using Ready = std::move_only_function<void(Status)>;

    // `judge` is whoever speaks for tools and policy at the moment of a decision.
    StreamActor(std::string id, std::unique_ptr<journal::Stream> stream, Loop& loop,
                contract::EventChecker& checker, const std::shared_ptr<const Judge>& judge);
    ~StreamActor();

    // Folds the stream into the state; once, before anything else.
    void load(Ready ready);

    void submit(Command command, Done<Receipt> answer);

    // Tells when the state holds nothing that a crash could take back: at once, or at the end of
    // the turn that is on its way to the disk. An error when the stream cannot be read.
    void when_durable(Ready ready);

    // Contents of the stream were erased: forgets what it holds of them, by reading it again.
    void forget(Ready ready);

    // Between turns, what is durable; while one is being decided or written, that and what it
    // wants.
    const State& state() const { return state_; }
    // Whose word on tools and policy counts now.
    const Judge& judge() const { return *judge_; }
    // Nothing would be lost by closing this actor now.
    bool idle() const;

    // Called after each append that changed something, on the loop.
    std::function<void()> on_appended;

private:
    struct Submission {
        Command command;
        Done<Receipt> answer;
        bool known_new = false;  // The journal was asked: this eventId is not in it.
    };
    struct Turn;

    void schedule();
    void run_turn();
    // False when the submission has to wait for something.
    bool decide_one(Submission& submission, Turn& turn);
    Result<contract::Event> make(const typename Rules::ServerEvent& wanted, WallTime when);
    void append(Turn turn);
    void appended(Turn turn, Result<journal::Appended> result);
    void look_up(Submission submission);
    void looked_up(Submission submission, Result<std::optional<journal::StoredEvent>> found);
    void turn_failed(const Error& error);
    void reload();
    void reload_later();
    struct Loading;
    void read_on(std::shared_ptr<Loading> loading);
    void tell_durable(const Status& status);
    void arm_deadline(Millis not_before = Millis{0});
    // The time by which is decided: never behind what this stream has seen, however the wall clock
    // is set, so that what has expired stays expired and a deadline comes when it was said.
    WallTime now();
    void saw(WallTime time);

    contract::EventChecker& checker_;  // Shared by the loop's actors: buffers only.
    const std::shared_ptr<const Judge>& judge_;
    State state_;
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
    Loop::TimerId deadline_timer_ = 0;
    WallTime deadline_ = WallTime::max();
    WallTime seen_;  // The latest, when the steady clock said `seen_when_`.
    SteadyTime seen_when_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::session
