#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/shared_bucket.h"

namespace lifeline::gateway {

// One bucket for each who asks, by name. A bucket outlives whatever it was asked for, so that who
// comes back finds it as they left it; one that has filled up again says nothing and is forgotten.
// The table lives on one loop, its buckets are taken from on any.
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
    // Null for who is new when there are too many.
    std::shared_ptr<SharedBucket> of(std::string_view who, SteadyTime now);
    std::size_t size() const { return buckets_.size(); }

private:
    void forget_the_full(SteadyTime now);

    Rate rate_;
    std::size_t entries_max_;
    std::size_t look_at_ = 64;  // How many there are when those that say nothing are looked for.
    std::unordered_map<std::string, std::shared_ptr<SharedBucket>> buckets_;
};

}  // namespace lifeline::gateway
