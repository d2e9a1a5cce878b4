#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "net/ip_address.h"

namespace lifeline::net {

// Counts who is inside, in all and by address (of IPv6: by network), and says no when it is full. A
// seat is held as long as its connection lives, wherever it has moved to, so a WebSocket counts
// like any other. Shared by the loops; safe from any thread.
class ConnectionDoor {
public:
    struct Limits {
        std::size_t total = 50'000;
        // Loopback is exempt: through a tunnel that nobody has named everyone comes from there.
        std::size_t per_address = 2'000;
    };

    // What is counted. A trusted proxy's connection takes its place in all; the client whom it
    // speaks for at the moment takes one by address.
    enum class Count : std::uint8_t { everywhere, in_all, by_address };

    // Leaves when it is destroyed.
    class Seat {
    public:
        Seat() = default;
        Seat(Seat&&) noexcept = default;
        Seat& operator=(Seat&& other) noexcept;  // The old seat leaves with `other`.
        ~Seat();

        // A connection that was counted in all is from now on that client's alone.
        void take_over(Seat client);

    private:
        friend class ConnectionDoor;
        struct Room;
        Seat(std::shared_ptr<Room> room, IpAddress address, Count count)
            : room_(std::move(room)), address_(address), count_(count) {}

        std::shared_ptr<Room> room_;
        IpAddress address_;  // As it is counted.
        Count count_ = Count::everywhere;
    };

    explicit ConnectionDoor(Limits limits);
    ~ConnectionDoor();

    // Nothing when it is full.
    std::optional<Seat> enter(const IpAddress& address, Count count = Count::everywhere);
    std::size_t inside() const;
    // For who comes from now on; nobody is thrown out.
    void set_limits(Limits limits);

private:
    std::shared_ptr<Seat::Room> room_;
};

}  // namespace lifeline::net
