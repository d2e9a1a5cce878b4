#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/link.h"

namespace lifeline {
class AsioLoop;
}

namespace lifeline::net {

// Readiness of many descriptors on one AsioLoop: an epoll of our own, itself one descriptor of
// Asio's. Each is registered once, edge-triggered, for everything; Asio's own waits would cost one
// epoll_ctl per wait and some 400 bytes per connection for as long as it idles.
//
// One per loop, found by `of`, on the loop's thread only. Watches must be removed before the loop
// is gone. For sockets of this room; others use Socket.
class Poller {
public:
    // Named by a slot and its use, so that an event already fetched for a watch that is gone finds
    // nobody rather than somebody else.
    using Id = std::uint64_t;

    class Watch {
    public:
        // Something changed; `events` are epoll's. Or, with `events` = 0, what `remind` asked for.
        virtual void ready(std::uint32_t events) = 0;

    protected:
        ~Watch() = default;
    };

    static Poller& of(AsioLoop& loop);

    explicit Poller(AsioLoop& loop);
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    Id add(int fd, Watch* watch);
    void remove(int fd, Id id);
    // Calls the watch from the loop, soon, unless it is removed before.
    void remind(Id id);

    int descriptor() const { return epoll_.get(); }
    // Tells every watch that has something; to be called when descriptor() is readable. Returns how
    // many events there were.
    std::size_t dispatch();

private:
    struct Slot {
        Watch* watch = nullptr;
        std::uint32_t use = 0;
    };
    Watch* find(Id id) const;
    void run_reminders();

    AsioLoop& loop_;
    FileDescriptor epoll_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<Id> reminders_;
};

}  // namespace lifeline::net
