#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace lifeline::audit {

// An action that was accepted, or is about to be judged.
struct CountedAction {
    std::string day;  // "2026-02-16", UTC; see day_of.
    std::string account_id;
    std::string owner_id;
    std::string action_type;
    std::string session_id;
    std::string action_id;
};

std::string day_of(WallTime at);

// Which action of its type it was on its day, in the calls of one owner and of one account. An
// action has one place, however often it is told: by the journal, and by whoever asks before its
// own event has come that far; those that came after it do not count against it. Remembers two
// days. One owner for all loops: that is what makes it exact.
class DayCounts {
public:
    struct Count {
        std::int64_t owner = 0;
        std::int64_t account = 0;
    };
    // Actions of one day that are told apart; beyond that nobody can say how many there were.
    static constexpr std::size_t actions_max = 1'000'000;

    // The action is among them afterwards. Nothing beyond actions_max.
    std::optional<Count> take(const CountedAction& action);

private:
    struct Day {
        std::unordered_map<std::string, Count> actions;  // Where each is.
        std::map<std::string, std::int64_t, std::less<>> counts;
        bool full = false;
    };
    std::map<std::string, Day, std::less<>> days_;
};

}  // namespace lifeline::audit
