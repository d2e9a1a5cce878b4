#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "budget/used.h"
#include "pricing/int128.h"

namespace lifeline::budget {

// billing.budget.changed: what an account, or each of its calls, may use.
struct Budget {
    enum class Scope : std::uint8_t { account, call };
    enum class Period : std::uint8_t { call, day, month, total };

    std::string id;
    Scope scope = Scope::account;
    Period period = Period::month;
    std::string meter = {};            // Empty: the amount.
    std::optional<Int128> limit = {};  // Nothing: lifted.
    std::vector<int> warn_at = {};     // Percent.
    bool hard = false;
};
using Budgets = std::map<std::string, Budget, std::less<>>;

std::string_view to_text(Budget::Scope scope);
std::string_view to_text(Budget::Period period);
Budget::Scope parse_scope(std::string_view text);
Budget::Period parse_period(std::string_view text);

// A limit above 0, and the period `call` with the scope `call` and no other.
Status judge(const Budget& budget);

// The first hour of the period that goes on now, and its name: "2026-02". Of `total` and `call` the
// first of all, and the word itself.
Window period_begins(Budget::Period period, WallTime now);
std::string period_name(Budget::Period period, WallTime now);

// The first hour that any of them counts; at the latest the month's first, since prices go by
// months.
Window counted_from(const Budgets& budgets, WallTime now);

// What of a budget is used up. Of an account the call is empty.
struct Reached {
    const Budget* budget = nullptr;
    std::string session_id = {};
    int percent = 0;  // 100: all of it.
    Int128 used = 0;

    bool stops() const { return percent == 100 && budget->hard; }
};

// Of the budget so far; of the scope `call`, of the call that used most.
Int128 used_of(const Budget& budget, const Used& used, WallTime now);
// All thresholds that are reached, the lower ones first; where all of it is used, that alone stops.
std::vector<Reached> reached(const Budgets& budgets, const Used& used, WallTime now);

// So many percent of it.
Int128 threshold(Int128 limit, int percent);
// How long what is left lasts so many calls, at what each of them uses in a minute.
Millis lasts(Int128 left, Int128 in_a_minute, std::int64_t calls, Millis at_most);
// When time alone may reach the next threshold, at the soonest; `at_most` where that is later or
// never.
Millis until_next(const Budgets& budgets, const Used& used, WallTime now, Millis at_most);

}  // namespace lifeline::budget
