#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace lifeline::gateway {

// So many in a second, so many at once. Whole numbers: one token is a million microtokens, and a
// microsecond at rate r brings r of them.
class TokenBucket {
public:
    TokenBucket(std::uint32_t per_second, std::uint32_t burst, SteadyTime now)
        : per_second_(per_second), full_(std::int64_t{burst} * token), level_(full_), at_(now) {}

    bool take(SteadyTime now, std::size_t count = 1) {
        refill(now);
        const std::int64_t wanted = static_cast<std::int64_t>(count) * token;
        if (level_ < wanted) return false;
        level_ -= wanted;
        return true;
    }
    // How long until there are so many.
    Millis wait(SteadyTime now, std::size_t count = 1) {
        refill(now);
        const std::int64_t wanted = static_cast<std::int64_t>(count) * token;
        if (level_ >= wanted) return Millis{0};
        return Millis{(wanted - level_) / (std::int64_t{per_second_} * 1000) + 1};
    }

    bool full(SteadyTime now) const { return level_at(now) == full_; }

private:
    static constexpr std::int64_t token = 1'000'000;

    std::int64_t level_at(SteadyTime now) const {
        // A long pause fills it; more would only overflow.
        const std::int64_t passed = std::min<std::int64_t>((now - at_).count(), 3'600'000'000);
        return std::min(full_, level_ + passed * std::int64_t{per_second_});
    }
    void refill(SteadyTime now) {
        level_ = level_at(now);
        at_ = now;
    }

    std::uint32_t per_second_;
    std::int64_t full_;
    std::int64_t level_;
    SteadyTime at_;
};

}  // namespace lifeline::gateway
