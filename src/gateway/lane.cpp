#include "gateway/lane.h"

#include "base/check.h"

namespace lifeline::gateway {

namespace {

constexpr Millis tick_every = std::chrono::seconds(2);

}  // namespace

Lane::Lane(session::Shard& shard, const Limits& limits, const RetryPolicy& retry, std::string epoch)
    : shard_(shard), limits_(limits), retry_(retry), epoch_(std::move(epoch)) {}

Lane::~Lane() {
    if (timer_ != 0) loop().cancel_timer(timer_);
}

CallRoom& Lane::room(session::Actor& actor) {
    auto& room = rooms_[actor.id()];
    if (!room) room = std::make_unique<CallRoom>(*this, actor);
    if (timer_ == 0) timer_ = loop().start_timer(tick_every, [this] { tick(); });
    return *room;
}

CallRoom* Lane::find(const std::string& session_id) {
    const auto found = rooms_.find(session_id);
    return found == rooms_.end() ? nullptr : found->second.get();
}

void Lane::drop(CallRoom& room) {
    CHECK(rooms_.erase(std::string(room.actor().id())) == 1);
}

void Lane::close_all(contract::CloseCode code, std::string_view reason) {
    for (auto& [id, room] : rooms_) room->close_all(code, reason);
}

void Lane::tick() {
    timer_ = 0;
    if (rooms_.empty()) return;
    const SteadyTime now = loop().clock().steady();
    const WallTime wall = loop().clock().wall();
    for (auto& [id, room] : rooms_) room->tick(now, wall);
    timer_ = loop().start_timer(tick_every, [this] { tick(); });
}

}  // namespace lifeline::gateway
