#include "session/stream_actor.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "contract/canonical.h"
#include "session/limits.h"

namespace lifeline::session {

namespace {

const contract::Actor the_server{"server", "lifeline"};

}  // namespace

// What one turn has decided so far, and whom it will answer.
struct Actor::Turn {
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

Actor::Actor(std::string id, std::unique_ptr<journal::Stream> stream, Loop& loop,
             contract::EventChecker& checker, const std::shared_ptr<const call::Judge>& judge)
    : id_(std::move(id)),
      stream_(std::move(stream)),
      loop_(loop),
      checker_(checker),
      judge_(judge),
      last_used_(loop.clock().steady()) {
    state_.id = id_;
}

Actor::~Actor() {
    *alive_ = false;
    if (deadline_timer_ != 0) loop_.cancel_timer(deadline_timer_);
}

// Beside the state, which stays whole until it can be replaced.
struct Actor::Loading {
    call::State state;
    std::uint64_t folded = 0;
    Ready ready;
};

void Actor::load(Ready ready) {
    loading_ = true;
    auto loading = std::make_shared<Loading>();
    loading->state.id = id_;
    loading->ready = std::move(ready);
    read_on(std::move(loading));
}

void Actor::read_on(std::shared_ptr<Loading> loading) {
    if (loading->folded == stream_->head()) {
        loading_ = false;
        unread_ = false;
        state_ = std::move(loading->state);
        folded_ = loading->folded;
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
                if (stored.erased) continue;
                const auto event = checker_.read_stored(stored.bytes);
                // What was checked before it was written cannot be wrong now.
                CHECK(event.has_value());
                call::apply(loading->state, *event, stored.actor.id, stored.seq);
            }
            read_on(loading);
        });
}

void Actor::submit(call::Command command, Done<Receipt> answer) {
    last_used_ = loop_.clock().steady();
    if (mailbox_.size() >= mailbox_commands_max) {
        answer(fail(Code::overloaded, "overloaded", "this call's mailbox is full"));
        return;
    }
    if (last_used_ < refusing_until_) {
        answer(fail(refusal_));
        return;
    }
    mailbox_.push_back({std::move(command), std::move(answer), false});
    schedule();
}

void Actor::watch(Watcher& watcher) {
    watchers_.push_back(&watcher);
}

void Actor::unwatch(Watcher& watcher) {
    CHECK(std::erase(watchers_, &watcher) == 1);
    last_used_ = loop_.clock().steady();
}

bool Actor::idle() const {
    return watchers_.empty() && mailbox_.empty() && waiting_for_durable_.empty() && !appending_ &&
           !loading_ && looking_up_ == 0;
}

void Actor::when_durable(Ready ready) {
    if (!deciding_ && !appending_ && !loading_ && !unread_) {
        ready({});
        return;
    }
    waiting_for_durable_.push_back(std::move(ready));
    if (unread_ && !loading_) reload();
}

void Actor::tell_durable(const Status& status) {
    for (auto& ready : std::exchange(waiting_for_durable_, {})) ready(status);
}

void Actor::schedule() {
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

void Actor::run_turn() {
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
        appended(std::move(turn), journal::Appended{folded_ + 1, folded_, 0, {}});
    } else {
        append(std::move(turn));
    }
}

bool Actor::decide_one(Submission& submission, Turn& turn) {
    auto* publish = std::get_if<call::Publish>(&submission.command.request);
    if (publish != nullptr) {
        const auto event_id = publish->event.id();
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
    const WallTime now = loop_.clock().wall();
    auto decision = call::decide(state_, submission.command, now, *judge_);
    if (!decision) return refuse(std::move(decision.error()));
    // All of them are made before any is applied: what breaks the contract (an id that only a token
    // could bring in) refuses the command and leaves the state alone.
    std::vector<contract::Event> made;
    for (const call::ServerEvent& wanted : decision->events) {
        auto event = make(wanted, now);
        if (!event) return refuse(std::move(event.error()));
        made.push_back(std::move(*event));
    }
    Turn::Answer answer{.done = std::move(submission.answer), .draft = turn.drafts.size()};
    const auto add = [&](const contract::Event& event, const contract::Actor& by,
                         std::string cause) {
        call::apply(state_, event, by.id, folded_ + turn.drafts.size() + 1);
        if (answer.event_id.empty()) answer.event_id = event.id();
        turn.add({std::string(event.id()), by, std::move(cause), event.json()});
    };
    std::string cause;
    if (publish != nullptr) {
        add(publish->event, submission.command.actor, {});
        cause = publish->event.id();
    }
    for (const auto& event : made)
        add(event, publish != nullptr ? the_server : submission.command.actor, cause);
    turn.answers.push_back(std::move(answer));
    return true;
}

Result<contract::Event> Actor::make(const call::ServerEvent& wanted, WallTime now) {
    const auto type = contract::type_info(wanted.type).name;
    auto event = checker_.check(
        contract::event_json(wanted.id, id_, format_rfc3339(now), type, wanted.payload),
        contract::Sender::server);
    if (!event)
        log::error("session={} type={} could not be made: {} {}", id_, type, event.error().reason,
                   event.error().pointer);
    return event;
}

void Actor::append(Turn turn) {
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

void Actor::appended(Turn turn, Result<journal::Appended> result) {
    if (!result) {
        turn_failed(result.error());
        for (auto& answer : turn.answers) answer.done(fail(result.error()));
        return;
    }
    const bool changed = result->head > folded_;
    folded_ = result->head;
    if (changed) {
        arm_deadline();
        // A watcher may leave, or bring another, while it is told.
        for (std::size_t i = watchers_.size(); i > 0; --i)
            if (i <= watchers_.size()) watchers_[i - 1]->changed();
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
// was acknowledged, so nothing is lost. Reading a call costs what it is long, so while the disk
// refuses, its commands are refused without it.
void Actor::turn_failed(const Error& error) {
    log::warn("session={} append failed reason={}, the call is read anew", id_, error.reason);
    unread_ = true;
    if (error.reason == "storage_unavailable") {
        refusal_ = error;
        refusing_until_ = loop_.clock().steady() + refused_pause;
        for (auto& waiting : std::exchange(mailbox_, {})) waiting.answer(fail(error));
    }
    if (!mailbox_.empty() || !waiting_for_durable_.empty()) reload();
}

void Actor::reload() {
    load([this](const Status& loaded) {
        loading_ = false;
        // Unreadable: everyone who waits hears so, and the next command tries again.
        if (!loaded)
            for (auto& waiting : std::exchange(mailbox_, {})) waiting.answer(fail(loaded.error()));
        tell_durable(loaded);
    });
}

void Actor::look_up(Submission submission) {
    ++looking_up_;
    std::string event_id(std::get<call::Publish>(submission.command.request).event.id());
    stream_->fetch(std::move(event_id),
                   [this, alive = alive_, submission = std::move(submission)](
                       Result<std::optional<journal::StoredEvent>> found) mutable {
                       if (!*alive) return;
                       --looking_up_;
                       looked_up(std::move(submission), std::move(found));
                   });
}

void Actor::looked_up(Submission submission, Result<std::optional<journal::StoredEvent>> found) {
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
    const auto& event = std::get<call::Publish>(submission.command.request).event;
    const bool same =
        first.actor == submission.command.actor && !first.erased &&
        contract::canonical_json(first.bytes) == contract::canonical_json(event.json());
    if (!same) {
        submission.answer(fail(Code::conflict, "id_conflict",
                               "this eventId was used for another event", "/eventId"));
        return;
    }
    submission.answer(Receipt{first.event_id, first.seq, true, folded_});
}

void Actor::arm_deadline(Millis not_before) {
    const WallTime due = call::next_deadline(state_);
    if (due == deadline_ && deadline_timer_ != 0) return;
    if (deadline_timer_ != 0) loop_.cancel_timer(std::exchange(deadline_timer_, 0));
    deadline_ = due;
    if (due == WallTime::max()) return;
    // In steps, since the wall clock may be set meanwhile.
    const Millis wait = std::clamp(due - loop_.clock().wall(), not_before, deadline_step);
    deadline_timer_ = loop_.start_timer(wait, [this, alive = alive_] {
        if (!*alive) return;
        deadline_timer_ = 0;
        deadline_ = WallTime::max();
        if (loop_.clock().wall() < call::next_deadline(state_)) {
            arm_deadline();
            return;
        }
        submit({call::TimePassed{}, the_server, contract::Role::server},
               [this, alive](const Result<Receipt>& receipt) {
                   // Not yet due by the wall clock, or refused: try again.
                   if (*alive) arm_deadline(receipt ? Millis{0} : refused_pause);
               });
    });
}

}  // namespace lifeline::session
