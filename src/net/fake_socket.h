#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/socket.h"

namespace lifeline::net {

// One direction of a FakeWire, as bad as it is told to be.
struct FakeLane {
    std::size_t capacity = 64 * 1024;  // Sent and not yet received; then send says `again`.
    Millis delay{0};                   // From send until it can be received; order is kept.
    std::size_t piece_max = SIZE_MAX;  // At most so many bytes a receive or a send: splits frames.
};

// Two Sockets back to back over a Loop, and the wire between them in the test's hand. With a loop
// of virtual time everything that networks do to a connection happens on cue and the same way
// again. Both ends live on that one loop.
class FakeWire {
public:
    enum class End : std::uint8_t { left, right };

    explicit FakeWire(Loop& loop, FakeLane lane = {});
    FakeWire(Loop& loop, FakeLane left_to_right, FakeLane right_to_left);

    // Each end once.
    std::unique_ptr<Socket> take(End end);

    // Changes the lane that begins at `from`; what is under way keeps its delay.
    void set_lane(End from, FakeLane lane);
    // Half-open: what is sent from now on, and what is under way, never arrives, and nobody is
    // told.
    void cut();
    // Stops or lets go what one end sends; unlike a cut, nothing is lost.
    void hold(End from);
    void release(End from);
    // Both ends find the connection closed at once; what was unread is lost.
    void reset();

    bool is_closed(End end) const;
    // Sent by one end and not yet received by the other.
    std::size_t unreceived_bytes(End from) const;

private:
    struct State;
    class FakeSocket;

    std::shared_ptr<State> state_;
};

}  // namespace lifeline::net
