#include "delivery/channel.h"

#include <algorithm>

#include "base/check.h"
#include "contract/frames.h"
#include "delivery/limits.h"
#include "delivery/reader.h"

namespace lifeline::delivery {

Channel::Channel(journal::Stream& stream, Loop& loop, FramePrefix prefix, House house)
    : stream_(stream), loop_(loop), prefix_(prefix), house_(house), tail_(stream.head() + 1) {
    stream_.set_tail(this);
}

Channel::~Channel() {
    CHECK(readers_.empty());
    *alive_ = false;
    stream_.set_tail(nullptr);
}

void Channel::appended(std::span<const journal::StoredEvent> events) {
    appended_at_ = loop_.clock().steady();
    if (readers_.empty()) {
        tail_ = FrameTail(events.back().seq + 1);
        return;
    }
    for (const auto& event : events) {
        CHECK(event.seq == tail_.next());
        encode(event, tail_);
    }
    // Batches that become durable in the same breath leave in the same send.
    if (pump_posted_) return;
    pump_posted_ = true;
    loop_.post([this, alive = alive_] {
        if (*alive) pump();
    });
}

void Channel::encode(const journal::StoredEvent& event, FrameTail& into) {
    scratch_.clear();
    if (event.erased) {
        contract::append_skipped(scratch_, event.seq, event.seq, contract::SkipReason::erased);
    } else {
        if (event.recorded_at != recorded_at_ || recorded_at_text_.empty()) {
            recorded_at_ = event.recorded_at;
            recorded_at_text_ = format_rfc3339(recorded_at_);
        }
        contract::append_event_frame(scratch_, event.seq, event.bytes, event.actor, event.cause,
                                     recorded_at_text_);
    }
    std::string& out = into.begin();
    prefix_(out, scratch_.size());
    out += scratch_;
    into.end();
}

// One frame for all of them.
void Channel::encode_skipped(std::uint64_t from, std::uint64_t to, FrameTail& into) {
    scratch_.clear();
    contract::append_skipped(scratch_, from, to, contract::SkipReason::superseded);
    for (std::uint64_t seq = from; seq < to; ++seq) into.pass();
    std::string& out = into.begin();
    prefix_(out, scratch_.size());
    out += scratch_;
    into.end();
}

void Channel::pump() {
    pump_posted_ = false;
    pumping_ = true;
    for (std::size_t i = 0; i < readers_.size(); ++i)
        if (readers_[i] != nullptr) readers_[i]->pump();
    pumping_ = false;
    std::erase(readers_, nullptr);
    trim();
}

void Channel::trim() {
    std::uint64_t slowest = head();
    for (const Reader* reader : readers_) slowest = std::min(slowest, reader->cursor());
    // What everybody has is kept only as far as a quick reconnect will want it.
    if (tail_.bytes() > tail_kept_bytes) tail_.drop_through(slowest);
    // Whoever is still further behind reads the journal.
    while (tail_.bytes() > tail_bytes_max) {
        const auto oldest = tail_.after(tail_.oldest() - 1, head(), tail_.bytes() - tail_bytes_max);
        tail_.drop_through(oldest.last);
    }
}

void Channel::rest(SteadyTime now) {
    if (tail_.bytes() == 0 || now - appended_at_ < tail_kept_for) return;
    for (const Reader* reader : readers_)
        if (reader->cursor() != head()) return;
    tail_.release();
    std::string().swap(scratch_);
}

void Channel::add(Reader& reader) {
    readers_.push_back(&reader);
}

void Channel::remove(Reader& reader) {
    const auto found = std::ranges::find(readers_, &reader);
    CHECK(found != readers_.end());
    // The pump may be walking over this very list.
    if (pumping_) {
        *found = nullptr;
    } else {
        *found = readers_.back();
        readers_.pop_back();
    }
}

}  // namespace lifeline::delivery
