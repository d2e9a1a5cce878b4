#pragma once

#include <functional>
#include <string>

#include "base/loop.h"
#include "budget/limits.h"
#include "journal/journal.h"
#include "pricing/int128.h"

namespace lifeline::api {

// What accounts may use: answered on `from` once it is durable, with the reply's JSON.
struct BudgetDesk {
    using Answer = journal::Done<std::string>;
    std::function<void(std::string account_id, Loop& from, Answer)> list;
    std::function<void(std::string account_id, Loop& from, Answer)> balance;

    struct Changing {
        std::string account_id;
        budget::Budget budget;
        std::string by;
    };
    std::function<void(Changing, Loop& from, Answer)> change;

    struct Granting {
        std::string account_id;
        std::string credit_id;
        pricing::Int128 amount = 0;
        std::string currency;
        std::string expires_at = {};
        std::string by;
        std::string reason;
    };
    std::function<void(Granting, Loop& from, Answer)> grant;

    // Whether a call may be made; what it needs first is reserved then.
    std::function<void(std::string account_id, std::string session_id, Loop& from,
                       journal::Done<void>)>
        admit;
    // It was not made.
    std::function<void(std::string account_id, std::string session_id)> release;
};

}  // namespace lifeline::api
