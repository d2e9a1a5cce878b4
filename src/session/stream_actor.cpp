#include "session/stream_actor.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "contract/canonical.h"
#include "session/call_rules.h"
#include "session/document_rules.h"
#include "session/limits.h"

namespace lifeline::session {

namespace {

const contract::Actor the_server{"server", "lifeline"};

// An id of the server's own was derived from what was asked for: when it is asked for again, only
// the time is another.
bool asks_the_same(const std::string& first, const contract::Event& again,
                   contract::EventChecker& checker) {
    if (!again.id().starts_with("ll_"))
        return contract::canonical_json(first) == contract::canonical_json(again.json());
    const auto event = checker.read_stored(first);
    return event && event->type() == again.type() &&
           contract::canonical_json(event->payload_json()) ==
               contract::canonical_json(again.payload_json());
}

}  // namespace

// What one turn has decided so far, and whom it will answer.
template <class Rules>
struct StreamActor<Rules>::Turn {
    struct Answer {
        Done<Receipt> done;
        std::string event_id = {};
        std::size_t draft = 0;              // Whose seq the answer names.
        std::optional<Error> refusal = {};  // It rests on what the turn decided before it.
    };
    std::vector<journal::Draft> drafts;
    std::vector<std::size_t> id_hashes;
    std::vector<Answer> answers;
    std::size_t bytes = 0;

    bool full() const { return drafts.size() >= turn_events_max || bytes >= turn_bytes_max; }
    bool may_have(std::string_view event_id) const {
        return std::ranges::find(id_hashes, std::hash<std::string_view>{}(event_id)) !=
               id_hashes.end();
    }
    void add(journal::Draft draft) {
        id_hashes.push_back(std::hash<std::string_view>{}(draft.event_id));
        bytes += draft.bytes.size();
        drafts.push_back(std::move(draft));
    }
};

template <class Rules>
StreamActor<Rules>::StreamActor(std::string id, std::unique_ptr<journal::Stream> stream, Loop& loop,
                                contract::EventChecker& checker,
                                const std::shared_ptr<const Judge>& judge)
    : OpenStream(std::move(id), std::move(stream), loop), checker_(checker), judge_(judge) {
    state_.id = id_;
    saw(loop_.clock().wall());
}

template <class Rules>
StreamActor<Rules>::~StreamActor() {
    *alive_ = false;
    if (deadline_timer_ != 0) loop_.cancel_timer(deadline_timer_);
}

// Beside the state, which stays whole until it can be replaced.
template <class Rules>
struct StreamActor<Rules>::Loading {
    State state;
    std::uint64_t folded = 0;
    WallTime recorded_at = WallTime::min();  // Of the last event.
    Ready ready;
};

template <class Rules>
void StreamActor<Rules>::load(Ready ready) {
    loading_ = true;
    auto loading = std::make_shared<Loading>();
    loading->state.id = id_;
    loading->ready = std::move(ready);
    read_on(std::move(loading));
}

template <class Rules>
void StreamActor<Rules>::read_on(std::shared_ptr<Loading> loading) {
    if (loading->folded == stream_->head()) {
        loading_ = false;
        unread_ = false;
        state_ = std::move(loading->state);
        folded_ = loading->folded;
        saw(loading->recorded_at);
        arm_deadline();
        loading->ready({});
        schedule();
        return;
    }
    stream_->read(
        loading->folded, {},
        [this, alive = alive_, loading](Result<std::vector<journal::StoredEvent>> events) {
            if (!*alive) return;
            if (!events) {
                loading->ready(fail(events.error()));
                return;
            }
            for (const auto& stored : *events) {
                loading->folded = stored.seq;
                loading->recorded_at = stored.recorded_at;
                if (stored.erased) continue;
                const auto event = checker_.read_stored(stored.bytes);
                // What was checked before it was written cannot be wrong now.
                CHECK(event.has_value());
                Rules::apply(loading->state, *event, stored.actor.id, stored.seq);
            }
            read_on(loading);
        });
}

template <class Rules>
void StreamActor<Rules>::submit(Command command, Done<Receipt> answer) {
    touch();
    if (mailbox_.size() >= mailbox_commands_max) {
        answer(fail(Code::overloaded, "overloaded", "this stream's mailbox is full"));
        return;
    }
    if (last_used() < refusing_until_) {
        answer(fail(refusal_));
        return;
    }
    mailbox_.push_back({std::move(command), std::move(answer), false});
    schedule();
}

template <class Rules>
bool StreamActor<Rules>::idle() const {
    return !watched() && mailbox_.empty() && waiting_for_durable_.empty() && !appending_ &&
           !loading_ && !unread_ && looking_up_ == 0;
}

template <class Rules>
void StreamActor<Rules>::when_durable(Ready ready) {
    if (!deciding_ && !appending_ && !loading_ && !unread_) {
        ready({});
        return;
    }
    waiting_for_durable_.push_back(std::move(ready));
    if (unread_ && !loading_) reload();
}

template <class Rules>
void StreamActor<Rules>::forget(Ready ready) {
    when_durable([this, ready = std::move(ready)](Status durable) mutable {
        if (!durable) return ready(std::move(durable));
        waiting_for_durable_.push_back(std::move(ready));
        if (!loading_) reload();
    });
}

template <class Rules>
void StreamActor<Rules>::tell_durable(const Status& status) {
    for (auto& ready : std::exchange(waiting_for_durable_, {})) ready(status);
}

template <class Rules>
void StreamActor<Rules>::schedule() {
    if (turn_scheduled_ || appending_ || loading_ || mailbox_.empty()) return;
    if (unread_) {
        reload();
        return;
    }
    turn_scheduled_ = true;
    loop_.post([this, alive = alive_] {
        if (!*alive) return;
        turn_scheduled_ = false;
        run_turn();
    });
}

template <class Rules>
void StreamActor<Rules>::run_turn() {
    if (appending_ || loading_ || unread_) return;
    Turn turn;
    deciding_ = true;
    while (!mailbox_.empty() && !turn.full()) {
        Submission submission = std::move(mailbox_.front());
        mailbox_.pop_front();
        if (!decide_one(submission, turn)) {
            mailbox_.push_front(std::move(submission));
            break;
        }
    }
    deciding_ = false;
    if (turn.drafts.empty()) {
        appended(std::move(turn), journal::Appended{folded_ + 1, folded_, 0, {}, {}});
    } else {
        append(std::move(turn));
    }
}

template <class Rules>
bool StreamActor<Rules>::decide_one(Submission& submission, Turn& turn) {
    const contract::Event* published = Rules::published(submission.command);
    if (published != nullptr) {
        const auto event_id = published->id();
        // The same id earlier in this very turn: by the next turn the journal knows it.
        if (turn.may_have(event_id)) return false;
        if (!submission.known_new && stream_->find(event_id)) {
            look_up(std::move(submission));
            return true;
        }
    }
    const auto refuse = [&](Error error) {
        turn.answers.push_back({.done = std::move(submission.answer), .refusal = std::move(error)});
        return true;
    };
    const WallTime when = now();
    auto decision = Rules::decide(state_, submission.command, when, *judge_);
    if (!decision) return refuse(std::move(decision.error()));
    // All of them are made before any is applied: what breaks the contract (an id that only a token
    // could bring in) refuses the command and leaves the state alone.
    std::vector<contract::Event> made;
    for (const auto& wanted : decision->events) {
        auto event = make(wanted, when);
        if (!event) return refuse(std::move(event.error()));
        made.push_back(std::move(*event));
    }
    typename Turn::Answer answer{.done = std::move(submission.answer), .draft = turn.drafts.size()};
    const auto add = [&](const contract::Event& event, const contract::Actor& by,
                         std::string cause) {
        Rules::apply(state_, event, by.id, folded_ + turn.drafts.size() + 1);
        if (answer.event_id.empty()) answer.event_id = event.id();
        turn.add({std::string(event.id()), by, std::move(cause), event.json()});
    };
    std::string cause;
    if (published != nullptr) {
        add(*published, submission.command.actor, {});
        cause = published->id();
    }
    for (const auto& event : made)
        add(event, published != nullptr ? the_server : submission.command.actor, cause);
    turn.answers.push_back(std::move(answer));
    return true;
}

template <class Rules>
Result<contract::Event> StreamActor<Rules>::make(const typename Rules::ServerEvent& wanted,
                                                 WallTime when) {
    const auto type = contract::type_info(wanted.type).name;
    auto event = checker_.check(
        contract::event_json(wanted.id, id_, format_rfc3339(when), type, wanted.payload),
        contract::Sender::server);
    if (!event)
        log::error("{}={} type={} could not be made: {} {}", Rules::log_key, id_, type,
                   event.error().reason, event.error().pointer);
    return event;
}

template <class Rules>
void StreamActor<Rules>::append(Turn turn) {
    appending_ = true;
    auto drafts = std::move(turn.drafts);
    stream_->append(
        folded_, std::move(drafts),
        [this, alive = alive_, turn = std::move(turn)](Result<journal::Appended> result) mutable {
            if (!*alive) return;
            appending_ = false;
            appended(std::move(turn), std::move(result));
        });
}

template <class Rules>
void StreamActor<Rules>::appended(Turn turn, Result<journal::Appended> result) {
    if (!result) {
        turn_failed(result.error());
        for (auto& answer : turn.answers) answer.done(fail(result.error()));
        return;
    }
    const bool changed = result->head > folded_;
    folded_ = result->head;
    if (changed) {
        arm_deadline();
        tell_watchers();
        if (on_appended) on_appended();
    }
    const std::size_t events = turn.id_hashes.size();
    for (auto& answer : turn.answers) {
        if (answer.refusal) {
            answer.done(fail(std::move(*answer.refusal)));
            continue;
        }
        const bool nothing = answer.event_id.empty();
        CHECK(nothing || answer.draft < events);
        answer.done(Receipt{std::move(answer.event_id),
                            nothing ? folded_ : result->first_seq + answer.draft, false, folded_});
    }
    tell_durable({});
    schedule();
}

// The state has decisions in it that were not written: it is read anew before the next one. Nothing
// was acknowledged, so nothing is lost. Reading a stream costs what it is long, so while the disk
// refuses, its commands are refused without it.
template <class Rules>
void StreamActor<Rules>::turn_failed(const Error& error) {
    log::warn("{}={} append failed reason={}, it is read anew", Rules::log_key, id_, error.reason);
    unread_ = true;
    if (error.reason == "storage_unavailable") {
        refusal_ = error;
        refusing_until_ = loop_.clock().steady() + refused_pause;
        for (auto& waiting : std::exchange(mailbox_, {})) waiting.answer(fail(error));
    }
    if (!mailbox_.empty() || !waiting_for_durable_.empty())
        reload();
    else
        reload_later();
}

// Nobody asks for it, but what stands in the journal has deadlines, and this state has others.
template <class Rules>
void StreamActor<Rules>::reload_later() {
    if (deadline_timer_ != 0) loop_.cancel_timer(deadline_timer_);
    deadline_ = WallTime::max();
    deadline_timer_ = loop_.start_timer(refused_pause, [this, alive = alive_] {
        if (!*alive) return;
        deadline_timer_ = 0;
        if (unread_ && !loading_) reload();
    });
}

template <class Rules>
void StreamActor<Rules>::reload() {
    load([this](const Status& loaded) {
        loading_ = false;
        // Unreadable: everyone who waits hears so, and the next command tries again.
        unread_ = !loaded;
        if (!loaded)
            for (auto& waiting : std::exchange(mailbox_, {})) waiting.answer(fail(loaded.error()));
        if (!loaded) reload_later();
        tell_durable(loaded);
    });
}

template <class Rules>
void StreamActor<Rules>::look_up(Submission submission) {
    ++looking_up_;
    std::string event_id(Rules::published(submission.command)->id());
    stream_->fetch(std::move(event_id),
                   [this, alive = alive_, submission = std::move(submission)](
                       Result<std::optional<journal::StoredEvent>> found) mutable {
                       if (!*alive) return;
                       --looking_up_;
                       looked_up(std::move(submission), std::move(found));
                   });
}

template <class Rules>
void StreamActor<Rules>::looked_up(Submission submission,
                                   Result<std::optional<journal::StoredEvent>> found) {
    if (!found) {
        submission.answer(fail(found.error()));
        return;
    }
    if (!*found) {
        submission.known_new = true;
        mailbox_.push_front(std::move(submission));
        schedule();
        return;
    }
    const auto& first = **found;
    const contract::Event& event = *Rules::published(submission.command);
    const bool same = first.actor == submission.command.actor && !first.erased &&
                      asks_the_same(first.bytes, event, checker_);
    if (!same) {
        submission.answer(fail(Code::conflict, "id_conflict",
                               "this eventId was used for another event", "/eventId"));
        return;
    }
    submission.answer(Receipt{first.event_id, first.seq, true, folded_});
}

template <class Rules>
WallTime StreamActor<Rules>::now() {
    const auto passed = std::chrono::floor<Millis>(loop_.clock().steady() - seen_when_);
    seen_ += passed;
    seen_when_ += passed;
    saw(loop_.clock().wall());
    return seen_;
}

template <class Rules>
void StreamActor<Rules>::saw(WallTime time) {
    if (time <= seen_) return;
    seen_ = time;
    seen_when_ = loop_.clock().steady();
}

template <class Rules>
void StreamActor<Rules>::arm_deadline(Millis not_before) {
    if (unread_) return;  // Once it is read.
    const WallTime due = Rules::next_deadline(state_);
    if (due == deadline_ && deadline_timer_ != 0) return;
    if (deadline_timer_ != 0) loop_.cancel_timer(std::exchange(deadline_timer_, 0));
    deadline_ = due;
    if (due == WallTime::max()) return;
    // In steps, since the wall clock may be set meanwhile.
    const Millis wait = std::clamp(due - now(), not_before, deadline_step);
    deadline_timer_ = loop_.start_timer(wait, [this, alive = alive_] {
        if (!*alive) return;
        deadline_timer_ = 0;
        deadline_ = WallTime::max();
        if (now() < Rules::next_deadline(state_)) {
            arm_deadline();
            return;
        }
        submit(Rules::time_passed(), [this, alive](const Result<Receipt>& receipt) {
            // Not yet due by the wall clock, or refused: try again.
            if (*alive) arm_deadline(receipt ? Millis{0} : refused_pause);
        });
    });
}

template class StreamActor<CallRules>;
template class StreamActor<DocumentRules>;

}  // namespace lifeline::session
