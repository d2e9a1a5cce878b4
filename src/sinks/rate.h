#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace lifeline::sinks {

// So many a second, a second's worth at once.
class Rate {
public:
    explicit Rate(std::uint32_t per_second)
        : per_second_(per_second), left_(per_second * 1'000LL) {}

    bool may(WallTime now) {
        refill(now);
        return left_ >= 1'000;
    }
    void spend() { left_ -= 1'000; }
    // When one more may go.
    WallTime next(WallTime now) const {
        const std::int64_t missing = std::max<std::int64_t>(1'000 - left_, 0);
        return now + Millis((missing + per_second_ - 1) / per_second_);
    }

private:
    // In thousandths of a request, which come one a millisecond for each of `per_second`.
    void refill(WallTime now) {
        const std::int64_t passed = std::max<std::int64_t>((now - last_).count(), 0);
        last_ = now;
        left_ = std::min<std::int64_t>(left_ + std::min<std::int64_t>(passed, 1'000) * per_second_,
                                       per_second_ * 1'000);
    }

    std::int64_t per_second_;
    std::int64_t left_;
    WallTime last_;
};

}  // namespace lifeline::sinks
