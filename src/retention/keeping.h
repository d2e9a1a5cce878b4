#pragma once

#include <map>
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

// Of all accounts, and of those that want it otherwise.
struct KeepingPolicy {
    Keeping standard;
    std::map<std::string, Keeping, std::less<>> accounts = {};

    const Keeping& of(std::string_view account_id) const {
        const auto own = accounts.find(account_id);
        return own == accounts.end() ? standard : own->second;
    }
    bool asks_for_something() const {
        if (standard.asks_for_something()) return true;
        for (const auto& [account, keeping] : accounts)
            if (keeping.asks_for_something()) return true;
        return false;
    }
    friend bool operator==(const KeepingPolicy&, const KeepingPolicy&) = default;
};

}  // namespace lifeline::retention
