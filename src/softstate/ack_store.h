#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"

namespace lifeline::softstate {

// How far one participant says that they have read of one call.
struct Ack {
    std::string session_id;
    std::string user_id;
    std::uint64_t seq = 0;
    WallTime forget_at;

    friend bool operator==(const Ack&, const Ack&) = default;
};

// Keeps acks over a restart. Soft state: whoever hands them over does so once a second, and a crash
// may lose what was not handed over or not yet written; then more is replayed, never less.
class AckStore {
public:
    virtual ~AckStore() = default;
    // Kept all at once or not at all; for each participant the largest counts. What was to be
    // forgotten by `now` goes. From any thread; `done` on the loop `from`.
    virtual void keep(std::vector<Ack> changed, WallTime now, Loop& from,
                      std::move_only_function<void(Status)> done) = 0;
};

}  // namespace lifeline::softstate
