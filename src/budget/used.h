#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/card.h"
#include "pricing/int128.h"

namespace lifeline::budget {

using pricing::Int128;

// Some quantity of one meter and kind.
struct Quantity {
    std::string meter;
    pricing::Words dims = {};
    std::int64_t quantity = 0;
};

// What was used in an hour, by calls that go on, too.
struct HourUse {
    Window hour;
    Quantity used;
};

// A call that goes on, or one that is over and still holds credit.
struct CallUse {
    std::string session_id;
    bool running = false;  // Its time is measured.
    bool over = false;
    std::vector<HourUse> used = {};  // From its begin.
    // Another process priced it, at places of the month that nobody knows any more: it has paid and
    // reserved so much, and cannot have cost more.
    std::optional<Int128> at_most = {};
};

// What came of a call when it had paid already: told after its end.
struct LateUse {
    std::string session_id;
    std::vector<HourUse> used = {};
};

// What was counted of an account by now.
struct Counted {
    std::vector<CallUse> calls = {};
    std::vector<HourUse> hours = {};
    std::vector<LateUse> late = {};
    std::uint64_t up_to = 0;  // Whatever comes late stands behind that.
};

// The same with what it costs.
struct Used {
    struct Call {
        CallUse use;
        Int128 amount = 0;
        Int128 of_credit = 0;  // Of it, what was used since there is credit.
    };
    struct Late {
        LateUse use;
        Int128 amount = 0;  // Of what was used since there is credit.
    };
    std::vector<Call> calls = {};
    std::vector<HourUse> hours = {};
    std::vector<Late> late = {};
    std::uint64_t up_to = 0;
    std::map<Window, Int128> amounts = {};
    std::string currency = {};  // Empty: no card prices it.
    Int128 minute_ahead = 0;    // What a minute more of a call's time costs.

    std::int64_t running() const;
};

// By which card an hour is paid; null: by none.
using CardAt = std::function<const pricing::Card*(Window)>;

// Each hour at the place of the month where it stands, by the version in force in it: what charges
// will be. What no item prices costs nothing here.
Result<std::map<Window, Int128>> amounts_of(const std::vector<HourUse>& hours,
                                            const CardAt& card_at);

// What calls that go on have cost so far, and what comes late: whatever one adds is priced at the
// place where the account's month stands then, so that all of them together cost what their sum
// does. Lives as long as the process; one that begins anew takes up a call with all that it used.
class RunningCosts {
public:
    // Gives each call its amount, in the order in which they stand; then what is late. Credit pays
    // from its first hour on: nothing where there is none.
    Status take(Used& used, const CardAt& card_at, std::optional<Window> credit_since,
                WallTime now);

private:
    struct OfCall {
        std::map<std::string, std::int64_t, std::less<>> seen = {};  // By item.
        Int128 amount = 0;
        Int128 of_credit = 0;
    };
    std::map<std::string, OfCall, std::less<>> calls_;
};

}  // namespace lifeline::budget
