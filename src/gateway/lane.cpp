#include "gateway/lane.h"

#include <fmt/format.h>

#include "base/check.h"

namespace lifeline::gateway {

namespace {

constexpr Millis tick_every = std::chrono::seconds(2);

// People are in a call or two, and what they send is one flood wherever it goes. A trusted backend
// or an agent is in as many as there are.
std::string who_is_counted(const identity::Principal& principal, std::string_view session_id) {
    const bool in_many =
        principal.role == contract::Role::agent || principal.role == contract::Role::service;
    return fmt::format("{}/{}/{}", principal.account_id, principal.user_id,
                       in_many ? session_id : std::string_view());
}

}  // namespace

Lane::Lane(session::Shard& shard, const Limits& limits, const RetryPolicy& retry, std::string epoch,
           std::uint64_t boot)
    : shard_(shard),
      limits_(limits),
      retry_(retry),
      epoch_(std::move(epoch)),
      publishes_({limits.events_per_second, limits.events_burst}, limits.users_remembered_max),
      connects_({limits.connects_per_second, limits.connects_burst}, limits.users_remembered_max),
      boot_(boot) {}

Lane::~Lane() {
    if (timer_ != 0) loop().cancel_timer(timer_);
}

CallRoom& Lane::room(session::Actor& actor) {
    auto& room = rooms_[actor.id()];
    if (!room) room = std::make_unique<CallRoom>(*this, actor);
    start_ticking();
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
    draining_ = true;
    for (auto& [id, room] : rooms_) room->close_all(code, reason);
}

std::string Lane::next_generation() {
    return fmt::format("{:08}-{:010}", boot_, ++last_generation_);
}

Status Lane::may_connect(const identity::Principal& principal, std::string_view session_id) {
    start_ticking();
    const Millis wait =
        connects_.wait_to_take(who_is_counted(principal, session_id), loop().clock().steady());
    if (wait > Millis{0})
        return fail(Code::overloaded, "rate_limited", "this user connects too often");
    return {};
}

Millis Lane::wait_to_publish(const identity::Principal& principal, std::string_view session_id) {
    start_ticking();
    return publishes_.wait_to_take(who_is_counted(principal, session_id), loop().clock().steady());
}

void Lane::start_ticking() {
    if (timer_ == 0) timer_ = loop().start_timer(tick_every, [this] { tick(); });
}

void Lane::tick() {
    timer_ = 0;
    const SteadyTime now = loop().clock().steady();
    const WallTime wall = loop().clock().wall();
    for (auto& [id, room] : rooms_) room->tick(now, wall);
    publishes_.sweep(now);
    connects_.sweep(now);
    if (!rooms_.empty() || publishes_.size() + connects_.size() > 0) start_ticking();
}

}  // namespace lifeline::gateway
