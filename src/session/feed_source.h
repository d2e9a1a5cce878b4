#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/loop.h"
#include "base/result.h"
#include "session/open_stream.h"

namespace lifeline::session {

class Feed;

// Where a feed's home half can be found; looked at only on the home loop, empty once it is gone.
struct FeedPort {
    Feed* feed = nullptr;
};

// The half of a feed that lives on the stream's loop: watches the stream, reads a chunk when there
// is one to give and it was asked for. Belongs to feed.h.
class FeedSource final : Watcher, public std::enable_shared_from_this<FeedSource> {
public:
    FeedSource(Loop& home, std::shared_ptr<FeedPort> port, std::uint64_t after)
        : home_(home), port_(std::move(port)), cursor_(after) {}

    // All of it on the stream's loop.
    void begin(OpenStream& stream, std::function<Status()> may_read);
    void credit();
    void close();
    void end(const Error& error);

private:
    void changed() override { go(); }
    void closed() override;
    void go();
    template <class Say>
    void tell(Say say);

    Loop& home_;
    std::shared_ptr<FeedPort> port_;
    std::uint64_t cursor_;
    OpenStream* stream_ = nullptr;
    std::function<Status()> may_read_;
    bool credit_ = false;
    bool reading_ = false;
    bool over_ = false;
    bool said_caught_up_ = false;
    std::shared_ptr<FeedSource> self_;  // While the stream knows of it.
};

}  // namespace lifeline::session
