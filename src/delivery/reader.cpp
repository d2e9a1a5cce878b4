#include "delivery/reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "delivery/limits.h"
#include "delivery/overtaken.h"

namespace lifeline::delivery {

Reader::Reader(Channel& channel, Outlet& outlet, std::uint64_t cursor)
    : channel_(channel), outlet_(outlet), cursor_(cursor), replay_to_(channel.head()) {
    CHECK(cursor <= replay_to_);
    channel_.add(*this);
}

Reader::~Reader() {
    *alive_ = false;
    drop_backlog();
    channel_.house_.budget.forget(*this);
    channel_.remove(*this);
}

void Reader::pump() {
    while (!reading_ && !failed_ && outlet_.ready()) {
        if (replaying_ && cursor_ >= replay_to_) {
            replaying_ = false;
            outlet_.replayed(replay_to_);
            continue;
        }
        if (cursor_ == channel_.head()) {
            drop_backlog();
            outlet_.caught_up();
            return;
        }
        // Nothing new before the reader was told that the replay is over.
        const std::uint64_t upto = replaying_ ? replay_to_ : channel_.head();
        if (backlog_ && backlog_->covers(cursor_)) {
            send_from(*backlog_, upto);
        } else if (channel_.tail_.covers(cursor_)) {
            drop_backlog();
            send_from(channel_.tail_, upto);
        } else {
            read_more();
            if (waiting_) return;
        }
    }
}

void Reader::drop_backlog() {
    backlog_.reset();
    if (held_ > 0) channel_.house_.budget.give(std::exchange(held_, 0));
}

void Reader::send_from(FrameTail& frames, std::uint64_t upto) {
    const auto slice = frames.after(cursor_, upto, chunk_bytes_max);
    const std::size_t sent = outlet_.send(slice.bytes);
    if (sent == 0) return;
    const auto reach = frames.reach(cursor_, sent);
    cursor_ = reach.last;
    // A frame that was begun must be finished before anything else may be said.
    if (reach.bytes > sent) outlet_.keep(slice.bytes.substr(sent, reach.bytes - sent));
}

void Reader::read_more() {
    drop_backlog();
    waiting_ = !channel_.house_.budget.take(*this, chunk_bytes_max);
    if (waiting_) return;
    held_ = chunk_bytes_max;
    reading_ = true;
    outlet_.falls_behind();
    channel_.stream_.read(cursor_, {chunk_events_max, chunk_bytes_max},
                          [this, alive = alive_](Result<std::vector<journal::StoredEvent>> events) {
                              if (!*alive) return;
                              reading_ = false;
                              if (events) {
                                  take(*events);
                                  pump();
                              } else {
                                  failed_ = true;
                                  outlet_.read_failed(events.error());
                              }
                          });
}

// What was overtaken meanwhile is passed over, and said to be; but for a gap in what is shown,
// never one in what is accounted for.
void Reader::take(const std::vector<journal::StoredEvent>& events) {
    backlog_ = std::make_unique<FrameTail>(cursor_ + 1);
    const auto passed_over = overtaken(events, channel_.house_.checker);
    std::uint64_t skipped_from = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::uint64_t seq = events[i].seq;
        // A reader never shows a gap, whatever the storage says.
        CHECK(seq == cursor_ + 1 + i);
        if (!passed_over[i]) {
            channel_.encode(events[i], *backlog_);
            continue;
        }
        if (skipped_from == 0) skipped_from = seq;
        // The end of a replay is a place where a reader stops.
        if (i + 1 < events.size() && passed_over[i + 1] && seq != replay_to_) continue;
        channel_.encode_skipped(skipped_from, seq, *backlog_);
        skipped_from = 0;
    }
}

}  // namespace lifeline::delivery
