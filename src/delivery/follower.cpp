#include "delivery/follower.h"

#include "delivery/limits.h"

namespace lifeline::delivery {

void Follower::pump() {
    if (reading_) return;
    if (given_ < read_.size()) {
        give();
        return;
    }
    if (cursor_ == stream_.head()) {
        following_.caught_up();
        return;
    }
    reading_ = true;
    stream_.read(cursor_, {chunk_events_max, chunk_bytes_max},
                 [this, alive = alive_](Result<std::vector<journal::StoredEvent>> events) {
                     if (!*alive) return;
                     reading_ = false;
                     if (!events) {
                         following_.read_failed(events.error());
                         return;
                     }
                     read_ = std::move(*events);
                     given_ = 0;
                     give();
                 });
}

void Follower::give() {
    const auto alive = alive_;
    while (given_ < read_.size()) {
        cursor_ = read_[given_].seq;
        const bool room = following_.take(read_[given_++]);
        if (!*alive || !room) return;
    }
    read_.clear();
    given_ = 0;
    pump();
}

}  // namespace lifeline::delivery
