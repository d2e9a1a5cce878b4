#include "net/connection_door.h"

#include <map>
#include <mutex>

namespace lifeline::net {

// Outlives the door, if a seat does.
struct ConnectionDoor::Seat::Room {
    std::mutex mutex;
    Limits limits;
    std::size_t inside = 0;                       // Protected by mutex.
    std::map<IpAddress, std::size_t> by_address;  // Protected by mutex.
};

ConnectionDoor::ConnectionDoor(Limits limits) : room_(std::make_shared<Seat::Room>()) {
    room_->limits = limits;
}

ConnectionDoor::~ConnectionDoor() = default;

std::optional<ConnectionDoor::Seat> ConnectionDoor::enter(const IpAddress& address) {
    const std::lock_guard lock(room_->mutex);
    if (room_->inside >= room_->limits.total) return std::nullopt;
    if (!address.is_loopback()) {
        std::size_t& count = room_->by_address[address];
        if (count >= room_->limits.per_address) return std::nullopt;
        ++count;
    }
    ++room_->inside;
    return Seat(room_, address);
}

std::size_t ConnectionDoor::inside() const {
    const std::lock_guard lock(room_->mutex);
    return room_->inside;
}

ConnectionDoor::Seat& ConnectionDoor::Seat::operator=(Seat&& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(address_, other.address_);
    return *this;
}

ConnectionDoor::Seat::~Seat() {
    if (!room_) return;
    const std::lock_guard lock(room_->mutex);
    --room_->inside;
    if (address_.is_loopback()) return;
    const auto entry = room_->by_address.find(address_);
    if (--entry->second == 0) room_->by_address.erase(entry);
}

}  // namespace lifeline::net
