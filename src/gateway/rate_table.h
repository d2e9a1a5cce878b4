#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "gateway/token_bucket.h"

namespace lifeline::gateway {

// One bucket for each who asks, by name. A bucket outlives whatever it was asked for, so that who
// comes back finds it as they left it; one that has filled up again says nothing and is forgotten.
class RateTable {
public:
    struct Rate {
        std::uint32_t per_second = 1;
        std::uint32_t burst = 1;
    };

    // At most `entries_max` are remembered; while so many have asked of late, who is new is told to
    // wait.
    RateTable(Rate rate, std::size_t entries_max) : rate_(rate), entries_max_(entries_max) {}

    // For who is not remembered yet.
    void take_rate(Rate rate) { rate_ = rate; }
    // Takes one, or says how long until there is one.
    Millis wait_to_take(std::string_view who, SteadyTime now);
    // Forgets those that are full; once in a while.
    void sweep(SteadyTime now);
    std::size_t size() const { return buckets_.size(); }

private:
    Rate rate_;
    std::size_t entries_max_;
    std::unordered_map<std::string, TokenBucket> buckets_;
};

}  // namespace lifeline::gateway
