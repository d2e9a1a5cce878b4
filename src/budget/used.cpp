#include "budget/used.h"

#include <algorithm>
#include <utility>

#include "base/bounded_sum.h"
#include "pricing/rate.h"

namespace lifeline::budget {

namespace {

using Items = std::map<std::string, std::int64_t, std::less<>>;

constexpr std::string_view duration = "call.duration_ms";
constexpr std::int64_t minute_ms = 60'000;

void add(Items& items, const pricing::Card& card, const Quantity& used) {
    const pricing::Item* const item = pricing::item_for(card, used.meter, used.dims);
    if (item == nullptr) return;
    std::int64_t& sum = items[item->name];
    sum = bounded_sum(sum, used.quantity);
}

}  // namespace

std::int64_t Used::running() const {
    return std::ranges::count_if(calls, [](const Call& call) { return call.use.running; });
}

Result<std::map<Window, Int128>> amounts_of(const std::vector<HourUse>& hours,
                                            const CardAt& card_at) {
    // By month and item, as charges are.
    std::map<std::pair<Month, std::string>, std::map<Window, pricing::Hour>> months;
    for (const HourUse& one : hours) {
        const pricing::Card* const card = card_at(one.hour);
        if (card == nullptr) continue;
        const auto* const item = pricing::item_for(*card, one.used.meter, one.used.dims);
        if (item == nullptr) continue;
        pricing::Hour& hour = months[{month_of(one.hour), item->name}][one.hour];
        hour.window = one.hour;
        hour.item = item;
        hour.quantity = bounded_sum(hour.quantity, one.used.quantity);
    }
    std::map<Window, Int128> amounts;
    for (const auto& [key, by_hour] : months) {
        std::vector<pricing::Hour> of_item;
        for (const auto& [window, hour] : by_hour) of_item.push_back(hour);
        const auto rated = pricing::rate_month(of_item);
        if (!rated) return fail(rated.error());
        for (std::size_t i = 0; i < of_item.size(); ++i)
            amounts[of_item[i].window] =
                pricing::add_bounded(amounts[of_item[i].window], (*rated)[i].amount);
    }
    return amounts;
}

Status RunningCosts::take(Used& used, const CardAt& card_at, WallTime now) {
    const Window hour = window_of(now);
    const pricing::Card* const card = card_at(hour);
    if (card == nullptr) return {};
    used.currency = card->currency;
    const Month month = month_of(hour);
    Items stands;  // Before what is priced now.
    for (const HourUse& one : used.hours)
        if (month_of(one.hour) == month) add(stands, *card, one.used);
    std::vector<Items> of_calls;
    for (const Used::Call& call : used.calls) {
        Items& items = of_calls.emplace_back();
        for (const Quantity& one : call.use.used) add(items, *card, one);
        const auto& seen = calls_[call.use.session_id].seen;
        for (const auto& [item, quantity] : items) {
            const auto known = seen.find(item);
            const std::int64_t more = quantity - (known == seen.end() ? 0 : known->second);
            stands[item] = bounded_sum(stands[item], -more);
        }
    }
    std::vector<Items> of_late;
    for (const Used::Late& late : used.late) {
        Items& items = of_late.emplace_back();
        Items now_counted;
        for (const HourUse& one : late.use.used) {
            add(items, *card, one.used);
            if (month_of(one.hour) == month) add(now_counted, *card, one.used);
        }
        for (const auto& [item, quantity] : now_counted)
            stands[item] = bounded_sum(stands[item], -quantity);
    }
    for (auto& [item, quantity] : stands) quantity = std::max<std::int64_t>(quantity, 0);
    const auto cost = [&](const std::string& item, std::int64_t more) {
        std::int64_t& at = stands[item];
        const std::int64_t before = at;
        at = std::max<std::int64_t>(bounded_sum(before, more), 0);
        return pricing::amount_between(*card->find(item), before, at);
    };
    std::map<std::string, OfCall, std::less<>> still;
    for (std::size_t i = 0; i < used.calls.size(); ++i) {
        Used::Call& call = used.calls[i];
        OfCall of_call = std::move(calls_[call.use.session_id]);
        for (const auto& [name, quantity] : of_calls[i]) {
            const std::int64_t more = quantity - std::exchange(of_call.seen[name], quantity);
            if (more == 0) continue;
            const auto amount = cost(name, more);
            if (!amount) return fail(amount.error());
            of_call.amount = pricing::add_bounded(of_call.amount, *amount);
        }
        call.amount = std::max(of_call.amount, Int128(0));
        still.emplace(call.use.session_id, std::move(of_call));
    }
    calls_ = std::move(still);
    for (std::size_t i = 0; i < used.late.size(); ++i)
        for (const auto& [name, quantity] : of_late[i]) {
            const auto amount = cost(name, quantity);
            if (!amount) return fail(amount.error());
            used.late[i].amount = pricing::add_bounded(used.late[i].amount, *amount);
        }
    if (const auto* const time = pricing::item_for(*card, duration, {})) {
        const std::int64_t at = stands[time->name];
        const auto ahead = pricing::amount_between(*time, at, at + minute_ms);
        if (!ahead) return fail(ahead.error());
        used.minute_ahead = *ahead;
    }
    return {};
}

}  // namespace lifeline::budget
