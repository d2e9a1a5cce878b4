#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace lifeline::gateway {

// So many in a second, so many at once. Whole numbers: one token is a million microtokens, and a
// microsecond at rate r brings r of them.
class TokenBucket {
public:
    TokenBucket(std::uint32_t per_second, std::uint32_t burst, SteadyTime now)
        : per_second_(per_second), full_(std::int64_t{burst} * token), level_(full_), at_(now) {}

    bool take(SteadyTime now) {
        refill(now);
        if (level_ < token) return false;
        level_ -= token;
        return true;
    }
    // How long until the next one.
    Millis wait(SteadyTime now) {
        refill(now);
        if (level_ >= token) return Millis{0};
        return Millis{(token - level_) / (std::int64_t{per_second_} * 1000) + 1};
    }

private:
    static constexpr std::int64_t token = 1'000'000;

    void refill(SteadyTime now) {
        // A long pause fills it; more would only overflow.
        const std::int64_t passed = std::min<std::int64_t>((now - at_).count(), 3'600'000'000);
        at_ = now;
        level_ = std::min(full_, level_ + passed * std::int64_t{per_second_});
    }

    std::uint32_t per_second_;
    std::int64_t full_;
    std::int64_t level_;
    SteadyTime at_;
};

}  // namespace lifeline::gateway
