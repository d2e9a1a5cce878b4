#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/loop.h"
#include "contract/frames.h"
#include "gateway/call_room.h"
#include "gateway/connection.h"
#include "gateway/limits.h"
#include "gateway/rate_table.h"
#include "identity/principal.h"
#include "session/shard.h"

namespace lifeline::gateway {

struct Counters {
    std::uint64_t connections = 0;
    std::uint64_t refused_frames = 0;
    std::uint64_t published = 0;
};

// Everything the gateway keeps for one loop: the calls that have connections, and what they share
// (the read buffer, the frame checker). Lives on its loop.
class Lane {
public:
    // `boot` grows with every start of the server.
    Lane(session::Shard& shard, const Limits& limits, const RetryPolicy& retry, std::string epoch,
         std::uint64_t boot = 0);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // The call's room, made if this is its first connection.
    CallRoom& room(session::Actor& actor);
    CallRoom* find(const std::string& session_id);
    // Nobody is connected any more.
    void drop(CallRoom& room);

    // Closes every connection, and from now on refuses who comes: draining.
    void close_all(contract::CloseCode code, std::string_view reason);

    // Of a connection that is about to begin. Later ones are greater as texts, over restarts too;
    // a call has one lane, so this is the order in which its connections were admitted.
    std::string next_generation();
    bool draining() const { return draining_; }
    // rate_limited.
    Status may_connect(const identity::Principal& principal, std::string_view session_id);
    // How long until this principal may publish one more in this call, by whatever door; none left
    // to wait takes one.
    Millis wait_to_publish(const identity::Principal& principal, std::string_view session_id);

    Loop& loop() { return shard_.loop(); }
    session::Shard& shard() { return shard_; }
    const Limits& limits() const { return limits_; }
    const RetryPolicy& retry() const { return retry_; }
    const std::string& epoch() const { return epoch_; }
    contract::FrameReader& frames() { return frames_; }
    std::span<char> buffer() { return *buffer_; }
    Counters& counters() { return counters_; }

private:
    void tick();
    void start_ticking();

    session::Shard& shard_;
    const Limits& limits_;
    const RetryPolicy& retry_;
    std::string epoch_;
    contract::FrameReader frames_;
    std::unique_ptr<std::array<char, 64 * 1024>> buffer_ =
        std::make_unique<std::array<char, 64 * 1024>>();
    std::unordered_map<std::string, std::unique_ptr<CallRoom>> rooms_;
    RateTable publishes_;
    RateTable connects_;
    std::uint64_t boot_;
    std::uint64_t last_generation_ = 0;
    bool draining_ = false;
    Counters counters_;
    Loop::TimerId timer_ = 0;
};

}  // namespace lifeline::gateway
