#include "budget/limits.h"

#include <algorithm>
#include <array>

namespace lifeline::budget {

namespace {

constexpr std::array<std::string_view, 2> scopes{"account", "call"};
constexpr std::array<std::string_view, 4> periods{"call", "day", "month", "total"};
constexpr std::string_view duration = "call.duration_ms";
constexpr Int128 minute_ms = 60'000;

Int128 of_account(const Budget& budget, const Used& used, WallTime now) {
    const Window begin = period_begins(budget.period, now);
    Int128 sum = 0;
    if (budget.meter.empty()) {
        for (const auto& [hour, amount] : used.amounts)
            if (hour >= begin) sum = pricing::add_bounded(sum, amount);
    } else {
        for (const HourUse& one : used.hours)
            if (one.hour >= begin && one.used.meter == budget.meter) sum += one.used.quantity;
    }
    return sum;
}

Int128 of_call(const Budget& budget, const Used::Call& call) {
    if (budget.meter.empty()) return call.amount;
    Int128 sum = 0;
    for (const HourUse& one : call.use.used)
        if (one.used.meter == budget.meter) sum += one.used.quantity;
    return sum;
}

// The next threshold that is not reached yet; nothing where all of it is used.
std::optional<Int128> left_to_next(const Budget& budget, Int128 used) {
    std::optional<Int128> least;
    std::vector<int> thresholds = budget.warn_at;
    thresholds.push_back(100);
    for (const int percent : thresholds) {
        const Int128 at = threshold(*budget.limit, percent);
        if (at > used && (!least || at - used < *least)) least = at - used;
    }
    return least;
}

void add_reached(std::vector<Reached>& all, const Budget& budget, const std::string& session_id,
                 Int128 used) {
    const Int128 limit = *budget.limit;
    std::vector<int> warnings = budget.warn_at;
    std::ranges::sort(warnings);
    for (const int percent : warnings)
        if (used >= threshold(limit, percent) && used < limit)
            all.push_back(
                {.budget = &budget, .session_id = session_id, .percent = percent, .used = used});
    if (used >= limit)
        all.push_back({.budget = &budget, .session_id = session_id, .percent = 100, .used = used});
}

}  // namespace

std::string_view to_text(Budget::Scope scope) {
    return scopes[static_cast<std::size_t>(scope)];
}
std::string_view to_text(Budget::Period period) {
    return periods[static_cast<std::size_t>(period)];
}
Budget::Scope parse_scope(std::string_view text) {
    return text == "call" ? Budget::Scope::call : Budget::Scope::account;
}
Budget::Period parse_period(std::string_view text) {
    const auto found = std::ranges::find(periods, text);
    return found == periods.end() ? Budget::Period::total
                                  : static_cast<Budget::Period>(found - periods.begin());
}

Status judge(const Budget& budget) {
    if (budget.limit && *budget.limit <= 0)
        return fail(Code::malformed, "out_of_range", "a limit is above 0", "/limit");
    if ((budget.scope == Budget::Scope::call) != (budget.period == Budget::Period::call))
        return fail(Code::malformed, "out_of_range",
                    "the scope call has the period call, and the scope account another one",
                    "/period");
    return {};
}

Window period_begins(Budget::Period period, WallTime now) {
    const auto today = std::chrono::floor<std::chrono::days>(now);
    switch (period) {
        case Budget::Period::day:
            return today;
        case Budget::Period::month: {
            const std::chrono::year_month_day day = today;
            return std::chrono::sys_days(day.year() / day.month() / 1);
        }
        default:
            return Window::min();
    }
}

std::string period_name(Budget::Period period, WallTime now) {
    const std::string text = format_rfc3339(now);
    switch (period) {
        case Budget::Period::day:
            return text.substr(0, 10);
        case Budget::Period::month:
            return text.substr(0, 7);
        default:
            return std::string(to_text(period));
    }
}

Int128 used_of(const Budget& budget, const Used& used, WallTime now) {
    if (budget.scope == Budget::Scope::account) return of_account(budget, used, now);
    Int128 most = 0;
    for (const Used::Call& call : used.calls) most = std::max(most, of_call(budget, call));
    return most;
}

std::vector<Reached> reached(const Budgets& budgets, const Used& used, WallTime now) {
    std::vector<Reached> all;
    for (const auto& [id, budget] : budgets) {
        if (!budget.limit) continue;
        if (budget.scope == Budget::Scope::account) {
            add_reached(all, budget, "", of_account(budget, used, now));
            continue;
        }
        for (const Used::Call& call : used.calls)
            if (!call.use.over)
                add_reached(all, budget, call.use.session_id, of_call(budget, call));
    }
    return all;
}

Window counted_from(const Budgets& budgets, WallTime now) {
    Window first = period_begins(Budget::Period::month, now);
    for (const auto& [id, budget] : budgets)
        if (budget.scope == Budget::Scope::account)
            first = std::min(first, period_begins(budget.period, now));
    return first;
}

// By division: a limit of 38 digits times 100 would not fit.
Int128 threshold(Int128 limit, int percent) {
    return limit / 100 * percent + limit % 100 * percent / 100;
}

Millis lasts(Int128 left, Int128 in_a_minute, std::int64_t calls, Millis at_most) {
    if (left <= 0) return Millis(0);
    if (calls == 0 || in_a_minute <= 0) return at_most;
    if (left / in_a_minute > calls * (at_most.count() / 60'000 + 1)) return at_most;
    const Int128 millis = left * minute_ms / in_a_minute / calls;
    return std::min(at_most, Millis(static_cast<std::int64_t>(millis) + 1));
}

Millis until_next(const Budgets& budgets, const Used& used, WallTime now, Millis at_most) {
    Millis soonest = at_most;
    for (const auto& [id, budget] : budgets) {
        if (!budget.limit || (!budget.meter.empty() && budget.meter != duration)) continue;
        const bool all = budget.scope == Budget::Scope::account;
        const Int128 of_all = all ? of_account(budget, used, now) : Int128(0);
        for (const Used::Call& call : used.calls) {
            if (!call.use.running) continue;
            const Int128 so_far = all ? of_all : of_call(budget, call);
            const auto left = left_to_next(budget, so_far);
            if (!left) continue;
            const Int128 in_a_minute = budget.meter.empty() ? used.minute_ahead : minute_ms;
            soonest =
                std::min(soonest, lasts(*left, in_a_minute, all ? used.running() : 1, at_most));
        }
    }
    return soonest;
}

}  // namespace lifeline::budget
