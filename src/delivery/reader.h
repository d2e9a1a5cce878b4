#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "delivery/channel.h"

namespace lifeline::delivery {

// Where a reader's frames go: one connection. Called from the reader's pump only.
class Outlet {
public:
    // Nothing begun earlier waits to be sent; only then is send() called.
    virtual bool ready() const = 0;
    // Sends what goes now and says how much that was. Less than all: the outlet calls
    // Reader::pump() when it is ready again.
    virtual std::size_t send(std::string_view frames) = 0;
    // The rest of a frame of which send() took the beginning: to be sent before anything else.
    virtual void keep(std::string_view rest) = 0;
    // Everything that was missed has been sent, up to `seq`; what follows is new. Once.
    virtual void replayed(std::uint64_t seq) = 0;
    // There is nothing more to send at the moment.
    virtual void caught_up() = 0;
    // What comes next is read from the journal, without what was overtaken meanwhile.
    virtual void falls_behind() = 0;
    // The journal could not be read; the reader has stopped.
    virtual void read_failed(const Error& error) = 0;

protected:
    ~Outlet() = default;
};

// One connection's cursor in one stream. Live fan-out, acknowledgement, resume and replay are this
// one path: the frames after the cursor, from the channel's tail when they are there and from the
// journal when not. Nothing is queued for a reader: one that is slow has a cursor further back, and
// costs the chunk it is being sent.
class Reader {
public:
    // Events after `cursor` (at most the channel's head) will be sent.
    Reader(Channel& channel, Outlet& outlet, std::uint64_t cursor);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Sends what can be sent now.
    void pump();
    // The last seq that was sent, or begun.
    std::uint64_t cursor() const { return cursor_; }
    // It gets its events from the journal, without those that were overtaken, or waits for them.
    bool behind() const { return backlog_ || reading_ || waiting_; }

private:
    void send_from(FrameTail& frames, std::uint64_t upto);
    void read_more();
    void take(const std::vector<journal::StoredEvent>& events);
    void drop_backlog();

    Channel& channel_;
    Outlet& outlet_;
    std::uint64_t cursor_;
    std::uint64_t replay_to_;
    bool replaying_ = true;
    bool reading_ = false;
    bool waiting_ = false;  // For its turn to read.
    bool failed_ = false;
    std::size_t held_ = 0;                // Of the budget.
    std::unique_ptr<FrameTail> backlog_;  // What was read from the journal; null when live.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::delivery
