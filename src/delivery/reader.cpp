#include "delivery/reader.h"

#include <algorithm>

#include "base/check.h"
#include "delivery/limits.h"

namespace lifeline::delivery {

Reader::Reader(Channel& channel, Outlet& outlet, std::uint64_t cursor)
    : channel_(channel), outlet_(outlet), cursor_(cursor), replay_to_(channel.head()) {
    CHECK(cursor <= replay_to_);
    channel_.add(*this);
}

Reader::~Reader() {
    *alive_ = false;
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
            backlog_.reset();
            outlet_.caught_up();
            return;
        }
        // Nothing new before the reader was told that the replay is over.
        const std::uint64_t upto = replaying_ ? replay_to_ : channel_.head();
        if (backlog_ && backlog_->covers(cursor_)) {
            send_from(*backlog_, upto);
        } else if (channel_.tail_.covers(cursor_)) {
            backlog_.reset();
            send_from(channel_.tail_, upto);
        } else {
            read_more();
        }
    }
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
    reading_ = true;
    channel_.stream_.read(cursor_, {chunk_events_max, chunk_bytes_max},
                          [this, alive = alive_](Result<std::vector<journal::StoredEvent>> events) {
                              if (!*alive) return;
                              reading_ = false;
                              if (events) {
                                  take(std::move(*events));
                                  pump();
                              } else {
                                  failed_ = true;
                                  outlet_.read_failed(events.error());
                              }
                          });
}

void Reader::take(std::vector<journal::StoredEvent> events) {
    backlog_ = std::make_unique<FrameTail>(cursor_ + 1);
    for (const auto& event : events) {
        // A reader never shows a gap, whatever the storage says.
        CHECK(event.seq == backlog_->next());
        channel_.encode(event, *backlog_);
    }
}

}  // namespace lifeline::delivery
