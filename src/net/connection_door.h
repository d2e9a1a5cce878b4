#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "net/ip_address.h"

namespace lifeline::net {

// Counts who is inside, in all and by address, and says no when it is full. A seat is held as long
// as its connection lives, wherever it has moved to, so a WebSocket counts like any other. Shared
// by the loops; safe from any thread.
class ConnectionDoor {
public:
    struct Limits {
        std::size_t total = 50'000;
        // Loopback is exempt: behind a proxy or a tunnel on this machine everyone comes from there.
        std::size_t per_address = 2'000;
    };

    // Leaves when it is destroyed.
    class Seat {
    public:
        Seat() = default;
        Seat(Seat&&) noexcept = default;
        Seat& operator=(Seat&& other) noexcept;  // The old seat leaves with `other`.
        ~Seat();

    private:
        friend class ConnectionDoor;
        struct Room;
        Seat(std::shared_ptr<Room> room, IpAddress address)
            : room_(std::move(room)), address_(address) {}

        std::shared_ptr<Room> room_;
        IpAddress address_;
    };

    explicit ConnectionDoor(Limits limits);
    ~ConnectionDoor();

    // Nothing when it is full.
    std::optional<Seat> enter(const IpAddress& address);
    std::size_t inside() const;

private:
    std::shared_ptr<Seat::Room> room_;
};

}  // namespace lifeline::net
