#include "gateway/rate_table.h"

#include <algorithm>

namespace lifeline::gateway {

std::shared_ptr<SharedBucket> RateTable::of(std::string_view who, SteadyTime now) {
    const std::string name(who);
    if (const auto found = buckets_.find(name); found != buckets_.end()) return found->second;
    if (buckets_.size() >= std::min(look_at_, entries_max_)) forget_the_full(now);
    if (buckets_.size() >= entries_max_) return nullptr;
    return buckets_.emplace(name, std::make_shared<SharedBucket>(rate_.per_second, rate_.burst))
        .first->second;
}

// One that somebody holds may be taken from at any moment: whoever asks is to be given the same. At
// twice as many as there were the last time, so that each one who comes pays for a look at one or
// two.
void RateTable::forget_the_full(SteadyTime now) {
    std::erase_if(buckets_, [now](const auto& entry) {
        return entry.second.use_count() == 1 && entry.second->full(now);
    });
    look_at_ = std::max<std::size_t>(64, 2 * buckets_.size());
}

}  // namespace lifeline::gateway
