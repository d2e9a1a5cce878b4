#include "gateway/rate_table.h"

#include <chrono>

namespace lifeline::gateway {

Millis RateTable::wait_to_take(std::string_view who, SteadyTime now) {
    const std::string name(who);
    auto found = buckets_.find(name);
    if (found == buckets_.end()) {
        if (buckets_.size() >= entries_max_) return std::chrono::seconds(1);
        found = buckets_.try_emplace(name, rate_.per_second, rate_.burst, now).first;
    }
    return found->second.take(now) ? Millis{0} : found->second.wait(now);
}

void RateTable::sweep(SteadyTime now) {
    std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full(now); });
}

}  // namespace lifeline::gateway
