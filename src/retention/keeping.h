#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline::retention {

// For how long a call is kept that is over. Money records are always kept.
struct Keeping {
    int keep_days = 0;                      // 0: for ever.
    bool drop_superseded_partials = false;  // Texts that a later one has replaced go at its end.

    bool asks_for_something() const { return keep_days > 0 || drop_superseded_partials; }
    // From when on nothing of it is kept, or WallTime::max().
    WallTime expires(WallTime over_at) const {
        return keep_days > 0 ? over_at + std::chrono::days(keep_days) : WallTime::max();
    }
    friend bool operator==(const Keeping&, const Keeping&) = default;
};

// What one account wants otherwise than all.
struct OwnKeeping {
    std::optional<int> keep_days = {};
    std::optional<bool> drop_superseded_partials = {};
    friend bool operator==(const OwnKeeping&, const OwnKeeping&) = default;
};

// Of all accounts, and of those that want it otherwise.
struct KeepingPolicy {
    Keeping standard = {};
    std::map<std::string, OwnKeeping, std::less<>> accounts = {};

    Keeping of(std::string_view account_id) const {
        const auto own = accounts.find(account_id);
        if (own == accounts.end()) return standard;
        return {.keep_days = own->second.keep_days.value_or(standard.keep_days),
                .drop_superseded_partials = own->second.drop_superseded_partials.value_or(
                    standard.drop_superseded_partials)};
    }
    bool asks_for_something() const {
        if (standard.asks_for_something()) return true;
        for (const auto& [account, own] : accounts)
            if (of(account).asks_for_something()) return true;
        return false;
    }
    friend bool operator==(const KeepingPolicy&, const KeepingPolicy&) = default;
};

}  // namespace lifeline::retention
