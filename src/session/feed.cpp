#include "session/feed.h"

#include "session/limits.h"

namespace lifeline::session {

Feed::Feed(Loop& home, Loop& away, std::uint64_t after, FeedReader& reader)
    : away_(away),
      reader_(reader),
      cursor_(after),
      port_(std::make_shared<FeedPort>(this)),
      source_(std::make_shared<FeedSource>(home, port_, after)) {}

Feed::~Feed() {
    port_->feed = nullptr;
    away_.post([source = source_] { source->close(); });
}

void Feed::pull() {
    if (pulled_) return;
    pulled_ = true;
    away_.post([source = source_] { source->credit(); });
}

void Feed::given(std::vector<journal::StoredEvent> events) {
    pulled_ = false;
    cursor_ = events.back().seq;
    reader_.take(std::move(events));
}

template <class Say>
void FeedSource::tell(Say say) {
    home_.post([port = port_, say = std::move(say)]() mutable {
        if (port->feed != nullptr) say(*port->feed);
    });
}

void FeedSource::begin(OpenStream& stream, std::function<Status()> may_read) {
    if (over_) return;
    stream_ = &stream;
    may_read_ = std::move(may_read);
    self_ = shared_from_this();
    stream.watch(*this);
    go();
}

void FeedSource::credit() {
    credit_ = true;
    go();
}

void FeedSource::close() {
    over_ = true;
    if (stream_ == nullptr) return;
    stream_->unwatch(*this);
    closed();
}

void FeedSource::closed() {
    over_ = true;
    stream_ = nullptr;
    may_read_ = {};
    const auto last = std::move(self_);  // Perhaps the last that holds this object.
}

void FeedSource::end(const Error& error) {
    if (over_) return;
    tell([error](Feed& feed) { feed.reader_.ended(error); });
    close();
}

void FeedSource::go() {
    if (stream_ == nullptr) return;
    // Also while nothing is asked for: who may not read any more is told at once.
    if (may_read_)
        if (const auto may = may_read_(); !may) return end(may.error());
    if (!credit_ || reading_) return;
    const std::uint64_t head = stream_->stream().head();
    if (cursor_ == head) {
        if (!std::exchange(said_caught_up_, true))
            tell([head](Feed& feed) { feed.reader_.caught_up(head); });
        return;
    }
    reading_ = true;
    stream_->stream().read(
        cursor_, {.events = feed_chunk_events_max, .bytes = feed_chunk_bytes_max},
        [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> events) {
            self->reading_ = false;
            if (self->over_) return;
            if (!events) return self->end(events.error());
            if (self->may_read_)
                if (const auto may = self->may_read_(); !may) return self->end(may.error());
            self->cursor_ = events->back().seq;
            self->credit_ = false;
            self->said_caught_up_ = false;
            self->tell([events = std::move(*events)](Feed& feed) mutable {
                feed.given(std::move(events));
            });
        });
}

}  // namespace lifeline::session
