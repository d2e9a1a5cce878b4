#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace lifeline::gateway {

// How far each participant says that they have read, for consumers that keep their state and come
// back with `after=acked`. Soft state: a restart forgets it, and then more is replayed, never less.
class AckTable {
public:
    // 0 when nothing is known.
    std::uint64_t of(std::string_view session_id, std::string_view user_id) const;
    // Cumulative: an older one changes nothing.
    void note(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
              WallTime forget_at);
    void sweep(WallTime now);
    std::size_t size() const { return acks_.size(); }

private:
    struct Ack {
        std::uint64_t seq = 0;
        WallTime forget_at;
    };
    static std::string key(std::string_view session_id, std::string_view user_id);

    std::unordered_map<std::string, Ack> acks_;
};

}  // namespace lifeline::gateway
