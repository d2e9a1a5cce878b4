#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pricing/int128.h"

namespace lifeline::budget {

using pricing::Int128;

// billing.credit.granted
struct Grant {
    std::string id;
    Int128 amount = 0;
    std::optional<WallTime> expires_at = {};
    WallTime at = {};
};

// billing.hold.changed
struct HoldChange {
    enum class State : std::uint8_t { reserved, extended, posted, voided, expired };
    std::string hold_id;
    std::string session_id;
    State state = State::reserved;
    Int128 amount = 0;  // Held in all; posted: what was used.
    std::optional<WallTime> expires_at = {};
};
std::string_view to_text(HoldChange::State state);
std::optional<HoldChange::State> parse_hold_state(std::string_view text);

// An account's credit: a fold of its grants and holds. Pure; what is decided is taken at once, so
// the next decision counts it, durable or not.
//
// A hold takes its amount out of the grants, those that run out first before the others. So what is
// available is what is left in them, and no order of anything brings it below zero; and a grant
// that runs out does not take what calls have reserved of it.
class Credit {
public:
    void grant(Grant grant);
    const Grant* find(std::string_view id) const;  // Null: not granted.
    // A hold ends once: whatever is said of it later changes nothing. False then.
    bool take(const HoldChange& change, WallTime at);

    // So much for the call in all, or what there is: nothing where there is none and the call holds
    // none, or where nothing changes.
    std::optional<HoldChange> hold(std::string_view session_id, Int128 wanted, WallTime now,
                                   Millis lives) const;
    // What the call used, never more than it holds; nothing used gives all of it back.
    std::optional<HoldChange> resolve(std::string_view session_id, Int128 used) const;
    // Of those whose time has passed: their server died, or their call never came.
    std::vector<HoldChange> expired(WallTime now) const;
    std::optional<WallTime> next_expiry() const;

    // Any was ever granted: from then on nothing is used without.
    bool counts() const { return !grants_.empty(); }
    std::optional<WallTime> since() const;  // The first was granted then.
    Int128 available(WallTime now) const;
    Int128 held() const;
    Int128 held_by(std::string_view session_id) const;
    // Of this call, by holds that ended.
    Int128 posted_of(std::string_view session_id) const;
    bool knows(std::string_view session_id) const { return calls_.contains(session_id); }
    Int128 granted() const { return granted_; }
    Int128 used() const { return used_; }
    Int128 lapsed(WallTime now) const;  // Granted, run out, and used by nobody.
    std::vector<std::string> holding() const;

private:
    struct Left {
        Grant grant;
        Int128 left = 0;
        bool alive(WallTime now) const { return !grant.expires_at || now < *grant.expires_at; }
    };
    struct Hold {
        std::string id;
        std::map<std::size_t, Int128> parts = {};  // By grant.
        WallTime expires_at;
        Int128 amount() const;
    };
    struct OfCall {
        std::size_t holds = 0;  // So far: the next one's number.
        Int128 posted = 0;
        std::optional<Hold> open = {};
    };
    const Hold& open_of(const std::string& session_id) const { return *calls_.at(session_id).open; }
    std::vector<std::size_t> order(WallTime at) const;
    void draw(Hold& hold, Int128 amount, WallTime at);
    void settle(OfCall& call, Int128 used);

    std::vector<Left> grants_;
    std::map<std::string, OfCall, std::less<>> calls_;
    std::set<std::string, std::less<>> open_;  // Calls that hold something: few of many.
    Int128 granted_ = 0;
    Int128 used_ = 0;
};

}  // namespace lifeline::budget
