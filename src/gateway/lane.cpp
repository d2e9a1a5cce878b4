#include "gateway/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace lifeline::gateway {

namespace {

constexpr Millis tick_every = std::chrono::seconds(2);
constexpr Millis drain_step = std::chrono::milliseconds(50);
constexpr Millis resume_window_max = std::chrono::hours(24);

// People are in a call or two, and what they send is one flood wherever it goes. A trusted backend
// or an agent is in as many as there are.
std::string who_is_counted(const identity::Principal& principal, std::string_view session_id) {
    const bool in_many =
        principal.role == contract::Role::agent || principal.role == contract::Role::service;
    return fmt::format("{}/{}/{}", principal.account_id, principal.user_id,
                       in_many ? session_id : std::string_view());
}

}  // namespace

Lane::Lane(session::Shard& shard, const House& house)
    : shard_(shard),
      house_(house),
      limits_(house.limits),
      catch_up_(shard.loop(), limits().catch_up_bytes_max),
      publishes_({limits().events_per_second, limits().events_burst},
                 limits().users_remembered_max),
      connects_({limits().connects_per_second, limits().connects_burst},
                limits().users_remembered_max),
      acks_(limits().acks_remembered_max),
      ack_writer_(shard.loop(), acks_, house.ack_store) {}

Lane::~Lane() {
    if (timer_ != 0) loop().cancel_timer(timer_);
    if (drain_timer_ != 0) loop().cancel_timer(drain_timer_);
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

void Lane::drain(Millis over, Job gone) {
    CHECK(!draining_);
    draining_ = true;
    gone_ = std::move(gone);
    const SteadyTime now = loop().clock().steady();
    const Millis half = over / 2;
    for (auto& [id, room] : rooms_) room->send_away(room->busy(now) ? half : Millis{0}, half, now);
    drain_on();
}

// The ticks of ordinary life are too far apart to close many connections evenly.
void Lane::drain_on() {
    drain_timer_ = 0;
    const SteadyTime now = loop().clock().steady();
    const WallTime wall = loop().clock().wall();
    for (auto& [id, room] : rooms_) room->tick(now, wall);
    if (rooms_.empty()) return gone_();
    drain_timer_ = loop().start_timer(drain_step, [this] { drain_on(); });
}

void Lane::take_limits(const Limits& limits) {
    limits_ = limits;
    publishes_.take_rate({limits.events_per_second, limits.events_burst});
    connects_.take_rate({limits.connects_per_second, limits.connects_burst});
}

void Lane::cut(const CallRoom::Judge& why) {
    for (auto& [id, room] : rooms_) room->cut(why);
}

Millis Lane::resume_lifetime(Millis window) const {
    return 2 * std::max(std::min(window, resume_window_max), limits().resume_token_least);
}

// Nobody reads ahead of the journal. If the two files are not of one time after all, more is
// replayed.
std::uint64_t Lane::acked(std::string_view session_id, std::string_view user_id,
                          std::uint64_t head) const {
    const std::uint64_t seq = acks_.of(session_id, user_id);
    return seq <= head ? seq : 0;
}

void Lane::acknowledge(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
                       Millis window) {
    start_ticking();
    if (acks_.note(session_id, user_id, seq, loop().clock().wall() + resume_lifetime(window)))
        ack_writer_.changed();
}

void Lane::restore(softstate::Ack ack) {
    acks_.restore(std::move(ack));
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

// Memory for those who are behind is short: the laggiest go, as many as wait for theirs. They come
// back with their cursor and lose nothing.
void Lane::shed(SteadyTime now) {
    if (catch_up_.waiting() == 0) return;
    std::vector<Connection*> laggards;
    for (auto& [id, room] : rooms_) room->find_laggards(laggards);
    std::ranges::sort(laggards, {}, [](const Connection* one) { return *one->behind_since(); });
    laggards.resize(std::min(laggards.size(), catch_up_.waiting()));
    for (Connection* one : laggards)
        if (now - *one->behind_since() >= limits().lag_spared) {
            ++counters_.shed;
            one->close(contract::CloseCode::slow, "slow");
        }
}

void Lane::start_ticking() {
    if (timer_ == 0) timer_ = loop().start_timer(tick_every, [this] { tick(); });
}

void Lane::tick() {
    timer_ = 0;
    const SteadyTime now = loop().clock().steady();
    const WallTime wall = loop().clock().wall();
    for (auto& [id, room] : rooms_) room->tick(now, wall);
    shed(now);
    publishes_.sweep(now);
    connects_.sweep(now);
    lines_.sweep(wall);
    acks_.sweep(wall);
    const std::size_t remembered =
        publishes_.size() + connects_.size() + lines_.size() + acks_.size();
    if (!rooms_.empty() || remembered > 0) start_ticking();
}

}  // namespace lifeline::gateway
