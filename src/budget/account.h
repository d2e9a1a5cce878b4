#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "budget/credit.h"
#include "budget/limits.h"
#include "contract/event.h"

namespace lifeline::budget {

// Something that is to be written into the account's stream: named by the fact, so that it is there
// once.
struct Entry {
    std::string name;
    std::string type;
    std::string payload;
};
Entry entry_of(const HoldChange& change);
Entry entry_of(const Budget& budget, const std::string& by);

// Something that is to be said in a call, or of the account where the call is empty.
struct Notice {
    std::string session_id = {};
    std::string name;  // Of the event, after ll_.
    std::string payload;
    std::string message;
    bool stops = false;  // The call ends with it.
};

// What an account may use, folded from its own stream, and what follows from what it used. Pure:
// time is handed in, and whatever is decided counts at once.
class Account {
public:
    void take(const contract::Event& event, WallTime at);

    // Nothing limits it.
    bool unlimited() const { return !credit_.counts() && !limited_; }
    // Its stream has something of this.
    bool known() const { return credit_.counts() || !budgets_.empty(); }

    struct Decision {
        std::vector<Entry> entries = {};
        std::vector<Notice> notices = {};
        Millis look_again{0};  // At the latest; 0: when something happens.
    };
    // What follows from what was used by now: holds renewed and resolved, warnings, calls that end.
    Decision judge(const Used& used, WallTime now);

    // A call may begin: reserves what its first minute costs. credit_exhausted or budget_exceeded.
    Result<std::vector<Entry>> admit(const std::string& session_id, const Used& used, WallTime now);
    // It did not: what was reserved is given back.
    std::vector<Entry> release(const std::string& session_id);

    void change(Budget budget);
    void grant(Grant grant, std::string currency);

    const Credit& credit() const { return credit_; }
    const Budgets& budgets() const { return budgets_; }
    const std::string& currency() const { return currency_; }  // Of its credit; empty: none.

private:
    void take(const HoldChange& change, WallTime now, std::vector<Entry>& entries);
    void judge_credit(const Used& used, WallTime now, Decision& decision);
    void pay(const std::string& session_id, Int128 due, WallTime now, std::vector<Entry>& entries);
    void judge_budgets(const Used& used, WallTime now, Decision& decision);
    bool is_foreign(const Used& used) const;
    void expire(const Used& used, WallTime now, std::vector<Entry>& entries);

    Credit credit_;
    Budgets budgets_;
    bool limited_ = false;
    std::string currency_;
};

inline constexpr Millis hold_lives = std::chrono::seconds(60);
inline constexpr Millis hold_renewed = std::chrono::seconds(20);

}  // namespace lifeline::budget
