#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "load/message.h"
#include "load/options.h"
#include "load/seat.h"

namespace lifeline::load {

using Clock = std::chrono::steady_clock;

// Through which a shape sends: queued now, written at the end of the turn.
class Publisher {
public:
    virtual ~Publisher() = default;
    virtual void publish(std::size_t seat, std::uint64_t number) = 0;
    // When the turn began: what it read had arrived by then.
    virtual Clock::time_point now() const = 0;
};

struct Counts {
    std::uint64_t deliveries = 0;  // To others than the sender; what a bench counts.
    std::uint64_t own = 0;         // The sender's own event, its acknowledgement.
    std::vector<float> waits_us;   // From publish to the moment that the shape waits for.
};

// Who is connected, and who publishes when. It decides; the engine moves the bytes.
class Shape {
public:
    virtual ~Shape() = default;
    // All connections, in the order by which `publish` and `received` name them.
    const std::vector<Seat>& seats() const { return seats_; }

    virtual void start(Publisher& publisher) = 0;
    virtual void received(std::size_t seat, const MessageName& name, Publisher& publisher) = 0;
    // Called in every turn; a shape with a clock publishes here.
    virtual void tick(Publisher&) {}
    // For a shape that is an amount and not a rate.
    virtual bool done() const { return false; }

    Counts& counts() { return counts_; }

protected:
    std::vector<Seat> seats_;
    Counts counts_;
};

// By its name: calls, fanout, ingest, latency, fill.
std::unique_ptr<Shape> make_shape(const Options& options);

}  // namespace lifeline::load
