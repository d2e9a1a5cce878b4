#include "whatif/counts.h"

#include <fmt/format.h>

namespace lifeline::whatif {

namespace {

std::string day_of(WallTime at) {
    return format_rfc3339(at).substr(0, 10);
}

// No id and no type has a line end in it.
std::string of_account(WallTime at, const Counted& action) {
    return fmt::format("{}\n{}\n{}", day_of(at), action.account_id, action.action_type);
}

std::string of_owner(WallTime at, const Counted& action) {
    return fmt::format("{}\n{}", of_account(at, action), action.owner_id);
}

}  // namespace

call::DayCounts Counts::take(WallTime at, const Counted& action) {
    const auto [known, is_new] = taken_.try_emplace(
        fmt::format("{}\n{}\n{}", day_of(at), action.session_id, action.action_id));
    if (is_new)
        known->second = {.owner = ++counts_[of_owner(at, action)],
                         .account = ++counts_[of_account(at, action)]};
    return known->second;
}

void Counts::lost(WallTime at, std::string_view account_id) {
    lost_.insert(fmt::format("{}\n{}", day_of(at), account_id));
}

std::optional<call::DayCounts> Counts::with(WallTime at, const Counted& action) {
    const call::DayCounts place = take(at, action);
    if (lost_.contains(fmt::format("{}\n{}", day_of(at), action.account_id)) ||
        lost_.contains(day_of(at) + "\n"))
        return std::nullopt;
    return place;
}

}  // namespace lifeline::whatif
