#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "session/feed_source.h"
#include "session/streams.h"

namespace lifeline::session {

// Whom a feed tells, on the feed's home loop. Each may destroy the feed.
class FeedReader {
public:
    // The next events, in order and without a gap; at least one. Nothing more comes before pull().
    virtual void take(std::vector<journal::StoredEvent> events) = 0;
    // Everything up to `head` was given; what is appended later comes by itself. Said once each
    // time that the feed gets there.
    virtual void caught_up(std::uint64_t head) = 0;
    // There is no such stream, it cannot be read, or this reader may not (any more). The last call.
    virtual void ended(const Error& error) = 0;

protected:
    ~FeedReader() = default;
};

// One reader's cursor in a stream that lives on another loop, a call's or a document's. It is owned
// on its `home` loop; the other half is on the stream's own. The reader pulls: for each pull() one
// chunk comes, as soon as there is something to give, so that no more than a chunk is ever on its
// way. The stream stays open while it is read. Either side may go first.
class Feed {
public:
    // Whether this reader may read, asked on the stream's loop before every chunk and after every
    // change. It must not touch the reader's side. Without one everybody may.
    template <class Rules>
    using MayRead = std::function<Status(const typename Rules::State&)>;

    // Events after `after`. The first chunk has to be pulled, too.
    template <class Rules>
    Feed(Loop& home, Streams<Rules>& streams, const std::string& id, std::uint64_t after,
         FeedReader& reader, MayRead<Rules> may_read = {})
        : Feed(home, streams.home(id).loop(), after, reader) {
        StreamShard<Rules>& shard = streams.home(id);
        shard.loop().post([&shard, id, source = source_, may_read = std::move(may_read)]() mutable {
            open<Rules>(shard, std::move(id), std::move(source), std::move(may_read));
        });
    }
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    // One more chunk, please. Until it has come, further pulls are the same one.
    void pull();
    // The last seq that the reader was given.
    std::uint64_t cursor() const { return cursor_; }

private:
    Feed(Loop& home, Loop& away, std::uint64_t after, FeedReader& reader);

    template <class Rules>
    static void open(StreamShard<Rules>& shard, std::string id, std::shared_ptr<FeedSource> source,
                     MayRead<Rules> may_read) {
        shard.with(std::move(id), Missing::refuse,
                   [source = std::move(source),
                    may_read = std::move(may_read)](Result<StreamActor<Rules>*> actor) mutable {
                       if (!actor) return source->end(actor.error());
                       std::function<Status()> may;
                       if (may_read)
                           may = [may_read = std::move(may_read), actor = *actor] {
                               return may_read(actor->state());
                           };
                       source->begin(**actor, std::move(may));
                   });
    }

    friend class FeedSource;
    void given(std::vector<journal::StoredEvent> events);

    Loop& away_;
    FeedReader& reader_;
    std::uint64_t cursor_;
    bool pulled_ = false;
    std::shared_ptr<FeedPort> port_;
    std::shared_ptr<FeedSource> source_;
};

}  // namespace lifeline::session
