#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace lifeline {

// So many in a second, so many at once, whatever thread asks: one number, changed in one step, says
// when the bucket will be full again, so that nobody waits for anybody.
class SharedBucket {
public:
    SharedBucket(std::uint32_t per_second, std::uint32_t burst)
        : each_(1'000'000'000 / std::max<std::uint32_t>(per_second, 1)),
          all_(each_ * std::int64_t{burst}) {}

    // Takes one, or says how long until there is one.
    Millis wait_to_take(SteadyTime now) {
        const std::int64_t at = nanos(now);
        std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            const std::int64_t then = std::max(full_at, at) + each_;
            const std::int64_t missing = then - at - all_;
            if (missing > 0) return Millis{(missing + 999'999) / 1'000'000};
            if (full_at_.compare_exchange_weak(full_at, then, std::memory_order_relaxed))
                return Millis{0};
        }
    }
    bool full(SteadyTime now) const {
        return full_at_.load(std::memory_order_relaxed) <= nanos(now);
    }

private:
    static std::int64_t nanos(SteadyTime time) {
        return std::chrono::nanoseconds(time.time_since_epoch()).count();
    }

    const std::int64_t each_;  // Nanoseconds that bring one.
    const std::int64_t all_;   // That bring them all.
    std::atomic<std::int64_t> full_at_{INT64_MIN / 2};
};

}  // namespace lifeline
