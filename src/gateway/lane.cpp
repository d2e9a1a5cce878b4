#include "gateway/lane.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace lifeline::gateway {

namespace {

constexpr Millis tick_every = std::chrono::seconds(2);
constexpr Millis drain_step = std::chrono::milliseconds(50);
constexpr Millis resume_window_max = std::chrono::hours(24);

}  // namespace

Lane::Lane(session::Shard& shard, const House& house)
    : shard_(shard),
      house_(house),
      limits_(house.limits),
      catch_up_(shard.loop(), limits().catch_up_bytes_max),
      lines_(house.boot),
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
}

void Lane::cut(const Judge& why) {
    arrivals_.cut(why);
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
    lines_.sweep(wall);
    acks_.sweep(wall);
    const std::size_t remembered = lines_.size() + acks_.size();
    if (!rooms_.empty() || remembered > 0) start_ticking();
}

}  // namespace lifeline::gateway
