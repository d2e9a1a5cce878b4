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
    const std::string key = joined(action.session_id, action.action_id);
    if (const auto known = day.actions.find(key); known != day.actions.end()) return known->second;
    if (day.actions.size() >= actions_max) day.full = true;
    if (day.full) return std::nullopt;
    const Count place{++day.counts[joined(action.account_id, action.action_type, action.owner_id)],
                      ++day.counts[joined(action.account_id, action.action_type)]};
    day.actions.emplace(key, place);
    while (days_.size() > days_kept) days_.erase(days_.begin());
    return place;
}

}  // namespace lifeline::audit
