#include "net/connection_door.h"

#include <map>
#include <mutex>

#include "base/check.h"

namespace lifeline::net {

// Outlives the door, if a seat does.
struct ConnectionDoor::Seat::Room {
    std::mutex mutex;
    Limits limits;                                // Protected by mutex.
    std::size_t inside = 0;                       // Protected by mutex.
    std::map<IpAddress, std::size_t> by_address;  // Protected by mutex.
};

ConnectionDoor::ConnectionDoor(Limits limits) : room_(std::make_shared<Seat::Room>()) {
    room_->limits = limits;
}

ConnectionDoor::~ConnectionDoor() = default;

std::optional<ConnectionDoor::Seat> ConnectionDoor::enter(const IpAddress& address, Count count) {
    if (address.is_loopback() && count == Count::everywhere) count = Count::in_all;
    const IpAddress network = address.network();
    const std::lock_guard lock(room_->mutex);
    if (count != Count::by_address && room_->inside >= room_->limits.total) return std::nullopt;
    if (count != Count::in_all) {
        const auto entry = room_->by_address.find(network);
        const std::size_t here = entry == room_->by_address.end() ? 0 : entry->second;
        if (here >= room_->limits.per_address) return std::nullopt;
        ++room_->by_address[network];
    }
    if (count != Count::by_address) ++room_->inside;
    return Seat(room_, network, count);
}

std::size_t ConnectionDoor::inside() const {
    const std::lock_guard lock(room_->mutex);
    return room_->inside;
}

void ConnectionDoor::set_limits(Limits limits) {
    const std::lock_guard lock(room_->mutex);
    room_->limits = limits;
}

ConnectionDoor::Seat& ConnectionDoor::Seat::operator=(Seat&& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(address_, other.address_);
    std::swap(count_, other.count_);
    return *this;
}

void ConnectionDoor::Seat::take_over(Seat client) {
    if (!client.room_) return;
    CHECK(room_ == client.room_ && client.count_ == Count::by_address);
    std::swap(address_, client.address_);
    // It was counted by an address of its own: trusted only since it came. That place is given up.
    if (count_ == Count::everywhere) return;
    count_ = Count::everywhere;
    client.room_.reset();  // Its place is this seat's now.
}

ConnectionDoor::Seat::~Seat() {
    if (!room_) return;
    const std::lock_guard lock(room_->mutex);
    if (count_ != Count::by_address) --room_->inside;
    if (count_ == Count::in_all) return;
    const auto entry = room_->by_address.find(address_);
    if (--entry->second == 0) room_->by_address.erase(entry);
}

}  // namespace lifeline::net
