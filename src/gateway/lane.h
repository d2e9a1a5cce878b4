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
    Lane(session::Shard& shard, const Limits& limits, const RetryPolicy& retry, std::string epoch);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // The call's room, made if this is its first connection.
    CallRoom& room(session::Actor& actor);
    CallRoom* find(const std::string& session_id);
    // Nobody is connected any more.
    void drop(CallRoom& room);

    void close_all(contract::CloseCode code, std::string_view reason);

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

    session::Shard& shard_;
    const Limits& limits_;
    const RetryPolicy& retry_;
    std::string epoch_;
    contract::FrameReader frames_;
    std::unique_ptr<std::array<char, 64 * 1024>> buffer_ =
        std::make_unique<std::array<char, 64 * 1024>>();
    std::unordered_map<std::string, std::unique_ptr<CallRoom>> rooms_;
    Counters counters_;
    Loop::TimerId timer_ = 0;
};

}  // namespace lifeline::gateway
