#include "audit/day_counts.h"

namespace lifeline::audit {

namespace {

constexpr std::size_t days_kept = 2;  // Clocks are set, and a day ends while one asks.

// No id and no type has a line end in it.
std::string joined(std::string_view one, std::string_view two, std::string_view three = {}) {
    std::string all(one);
    all.append(1, '\n').append(two).append(1, '\n').append(three);
    return all;
}

}  // namespace

std::string day_of(WallTime at) {
    return format_rfc3339(at).substr(0, 10);
}

std::optional<DayCounts::Count> DayCounts::take(const CountedAction& action) {
    // Forgotten already: of a day that lies before all that are known nobody can say.
    if (days_.size() >= days_kept && action.day < days_.begin()->first) return std::nullopt;
    Day& day = days_[action.day];
    std::int64_t& owner =
        day.counts[joined(action.account_id, action.action_type, action.owner_id)];
    std::int64_t& account = day.counts[joined(action.account_id, action.action_type)];
    const std::string key = joined(action.session_id, action.action_id);
    if (!day.actions.contains(key)) {
        if (day.actions.size() >= actions_max) day.full = true;
        if (day.full) return std::nullopt;
        day.actions.insert(key);
        ++owner;
        ++account;
    }
    const Count count{owner, account};
    while (days_.size() > days_kept) days_.erase(days_.begin());
    return count;
}

}  // namespace lifeline::audit
