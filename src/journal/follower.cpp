#include "journal/follower.h"

#include <utility>

#include "base/log.h"

namespace lifeline::journal {

namespace {

constexpr ReadLimit chunk{.events = 8192, .bytes = 4 * 1024 * 1024};

}  // namespace

void Follower::start(std::uint64_t cursor, Done<void> ready) {
    cursor_ = cursor;
    ready_ = std::move(ready);
    started_ = true;
    read_on();
}

void Follower::poke() {
    if (started_) read_on();
}

void Follower::reach(std::uint64_t position, Job then) {
    if (!started_ || position <= cursor_) return then();
    waiting_.push_back({position, std::move(then)});
    read_on();
}

void Follower::answer_reached() {
    std::vector<Job> reached;
    std::erase_if(waiting_, [&](Waiting& one) {
        if (one.position > cursor_) return false;
        reached.push_back(std::move(one.then));
        return true;
    });
    for (Job& then : reached) then();
}

void Follower::read_on() {
    if (busy_) {
        again_ = true;
        return;
    }
    busy_ = true;
    again_ = false;
    read(cursor_);
}

void Follower::read(std::uint64_t after) {
    reading_ = true;
    journal_.read_all(
        after, chunk, home_,
        [this, alive = alive_, turn = turn_](Result<std::vector<JournalEvent>> events) {
            // After a failure what was read ahead is read again.
            if (!*alive || turn != turn_) return;
            reading_ = false;
            next_ = std::move(events);
            if (!taking_) take_next();
        });
}

void Follower::take_next() {
    auto events = *std::exchange(next_, std::nullopt);
    if (!events) return finished(fail(events.error()));
    if (events->empty()) return finished({});
    const std::uint64_t last = events->back().event.position;
    taking_ = true;
    if (last < journal_.head_position()) read(last);
    take_(std::move(*events), [this, alive = alive_, last](Status taken) {
        if (!*alive) return;
        taking_ = false;
        if (!taken) return finished(std::move(taken));
        cursor_ = last;
        answer_reached();
        if (!*alive) return;
        if (next_) return take_next();
        if (reading_) return;
        busy_ = false;
        read_on();
    });
}

void Follower::finished(Status status) {
    busy_ = false;
    reading_ = false;
    next_.reset();
    ++turn_;
    if (!status)
        log::error("a view cannot follow the journal reason={} {}", status.error().reason,
                   status.error().detail);
    if (ready_) std::exchange(ready_, {})(std::move(status));
    if (again_) return read_on();
    // Nothing more is to be had for them: a stale answer is better than none.
    for (Waiting& one : std::exchange(waiting_, {})) one.then();
}

}  // namespace lifeline::journal
