#include "net/fake_socket.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "base/check.h"
#include "base/loop.h"

namespace lifeline::net {

namespace {

struct Segment {
    SteadyTime arrives;
    std::string bytes;
};

// What one end sends and the other receives.
struct Lane {
    FakeLane rules;
    std::deque<Segment> under_way;
    std::string arrived;
    bool finished = false;  // No more will be sent,
    bool ended = false;     // and the receiver may know it.
    bool held = false;
    bool lost = false;
    SteadyTime last_arrival{};

    std::size_t unreceived() const {
        std::size_t bytes = arrived.size();
        for (const Segment& segment : under_way) bytes += segment.bytes.size();
        return bytes;
    }
    bool has_room() const { return unreceived() < rules.capacity; }
};

struct Side {
    SocketHandler* handler = nullptr;
    bool taken = false;
    bool open = true;
    bool wants_read = false;
    bool wants_write = false;
};

std::size_t index(FakeWire::End end) {
    return end == FakeWire::End::left ? 0 : 1;
}

}  // namespace

struct FakeWire::State : std::enable_shared_from_this<FakeWire::State> {
    explicit State(Loop& loop_of_both) : loop(loop_of_both) {}

    Loop& loop;
    std::array<Side, 2> sides;
    std::array<Lane, 2> lanes;  // lanes[i] begins at sides[i].
    bool broken = false;

    Lane& inbound(std::size_t end) { return lanes[1 - end]; }
    bool readable(std::size_t end) {
        return broken || !inbound(end).arrived.empty() || inbound(end).ended;
    }
    bool writable(std::size_t end) {
        return broken || lanes[end].finished || lanes[end].has_room();
    }

    void notify(std::size_t end);
    void call(std::size_t end);
    void arrive(std::size_t from);
    Io send(std::size_t end, std::string_view bytes);
    Io receive(std::size_t end, std::span<char> into);
    void finish(std::size_t end);
    void close(std::size_t end);
};

// Callbacks come from the loop, never from inside a call.
void FakeWire::State::notify(std::size_t end) {
    const Side& side = sides[end];
    if (!side.open) return;
    if ((side.wants_read && readable(end)) || (side.wants_write && writable(end))) {
        loop.post([self = shared_from_this(), end] { self->call(end); });
    }
}

void FakeWire::State::call(std::size_t end) {
    Side& side = sides[end];
    if (side.open && side.wants_read && readable(end)) {
        side.wants_read = false;
        side.handler->on_readable();
    }
    if (side.open && side.wants_write && writable(end)) {
        side.wants_write = false;
        side.handler->on_writable();
    }
}

// Moves on what has reached the far end by now, and comes back for the rest.
void FakeWire::State::arrive(std::size_t from) {
    Lane& lane = lanes[from];
    if (lane.held || lane.lost) return;
    const SteadyTime now = loop.clock().steady();
    while (!lane.under_way.empty() && lane.under_way.front().arrives <= now) {
        lane.arrived += lane.under_way.front().bytes;
        lane.under_way.pop_front();
    }
    if (!lane.arrived.empty() && !sides[1 - from].open) {
        broken = true;  // Nobody is there to receive it: a kernel answers with a reset.
        notify(from);
        return;
    }
    if (lane.under_way.empty()) {
        lane.ended = lane.ended || (lane.finished && lane.last_arrival <= now);
    }
    notify(1 - from);
}

Io FakeWire::State::send(std::size_t end, std::string_view bytes) {
    Lane& lane = lanes[end];
    if (broken || !sides[end].open || lane.finished) return {Io::Status::closed, 0};
    if (bytes.empty()) return {Io::Status::ok, 0};
    const std::size_t used = lane.unreceived();
    if (used >= lane.rules.capacity) return {Io::Status::again, 0};
    const std::size_t taken =
        std::min({bytes.size(), lane.rules.capacity - used, lane.rules.piece_max});
    const SteadyTime now = loop.clock().steady();
    lane.last_arrival = std::max(lane.last_arrival, now + lane.rules.delay);
    lane.under_way.push_back({lane.last_arrival, std::string(bytes.substr(0, taken))});
    if (lane.last_arrival <= now) {
        arrive(end);
    } else {
        loop.start_timer(std::chrono::ceil<Millis>(lane.last_arrival - now),
                         [self = shared_from_this(), end] { self->arrive(end); });
    }
    return {Io::Status::ok, taken};
}

Io FakeWire::State::receive(std::size_t end, std::span<char> into) {
    Lane& lane = inbound(end);
    if (broken || !sides[end].open) return {Io::Status::closed, 0};
    if (into.empty()) return {Io::Status::ok, 0};
    if (lane.arrived.empty()) return {lane.ended ? Io::Status::closed : Io::Status::again, 0};
    const std::size_t taken = std::min({into.size(), lane.arrived.size(), lane.rules.piece_max});
    std::copy_n(lane.arrived.begin(), taken, into.begin());
    lane.arrived.erase(0, taken);
    notify(1 - end);  // There is room again.
    return {Io::Status::ok, taken};
}

void FakeWire::State::finish(std::size_t end) {
    Lane& lane = lanes[end];
    if (std::exchange(lane.finished, true)) return;
    const SteadyTime now = loop.clock().steady();
    lane.last_arrival = std::max(lane.last_arrival, now + lane.rules.delay);
    if (lane.last_arrival <= now) {
        arrive(end);
    } else {
        loop.start_timer(std::chrono::ceil<Millis>(lane.last_arrival - now),
                         [self = shared_from_this(), end] { self->arrive(end); });
    }
}

// As a kernel does it: with input unread the peer's own bytes are lost to a reset; otherwise it
// sees an orderly end.
void FakeWire::State::close(std::size_t end) {
    if (!std::exchange(sides[end].open, false)) return;
    const bool unread = inbound(end).unreceived() > 0;
    if (unread && !inbound(end).lost) {
        broken = true;
        notify(1 - end);
        return;
    }
    finish(end);
}

class FakeWire::FakeSocket final : public Socket {
public:
    FakeSocket(std::shared_ptr<State> state, std::size_t end)
        : state_(std::move(state)), end_(end) {}
    ~FakeSocket() override { state_->close(end_); }

    void attach(SocketHandler* handler) override { side().handler = handler; }
    void want_readable() override {
        CHECK(side().handler != nullptr);
        side().wants_read = true;
        state_->notify(end_);
    }
    void want_writable() override {
        CHECK(side().handler != nullptr);
        side().wants_write = true;
        state_->notify(end_);
    }
    Io receive(std::span<char> into) override { return state_->receive(end_, into); }
    Io send(std::string_view bytes) override { return state_->send(end_, bytes); }
    void shutdown_send() override { state_->finish(end_); }
    void close() override { state_->close(end_); }

private:
    Side& side() { return state_->sides[end_]; }

    std::shared_ptr<State> state_;
    std::size_t end_;
};

FakeWire::FakeWire(Loop& loop, FakeLane lane) : FakeWire(loop, lane, lane) {}

FakeWire::FakeWire(Loop& loop, FakeLane left_to_right, FakeLane right_to_left)
    : state_(std::make_shared<State>(loop)) {
    state_->lanes[0].rules = left_to_right;
    state_->lanes[1].rules = right_to_left;
}

std::unique_ptr<Socket> FakeWire::take(End end) {
    CHECK(!std::exchange(state_->sides[index(end)].taken, true));
    return std::make_unique<FakeSocket>(state_, index(end));
}

void FakeWire::set_lane(End from, FakeLane lane) {
    state_->lanes[index(from)].rules = lane;
    state_->notify(index(from));
    state_->notify(1 - index(from));
}

void FakeWire::cut() {
    for (Lane& lane : state_->lanes) lane.lost = true;
}

void FakeWire::hold(End from) {
    state_->lanes[index(from)].held = true;
}

void FakeWire::release(End from) {
    state_->lanes[index(from)].held = false;
    state_->arrive(index(from));
}

void FakeWire::reset() {
    state_->broken = true;
    state_->notify(0);
    state_->notify(1);
}

bool FakeWire::is_closed(End end) const {
    return state_->broken || !state_->sides[index(end)].open;
}

std::size_t FakeWire::unreceived_bytes(End from) const {
    return state_->lanes[index(from)].unreceived();
}

}  // namespace lifeline::net
