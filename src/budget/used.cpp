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

std::int64_t quantity_of(const Items& items, const std::string& item) {
    const auto found = items.find(item);
    return found == items.end() ? 0 : found->second;
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

Status RunningCosts::take(Used& used, const CardAt& card_at, std::optional<Window> credit_since,
                          WallTime now) {
    const Window hour = window_of(now);
    const pricing::Card* const card = card_at(hour);
    if (card == nullptr) return {};
    used.currency = card->currency;
    const Month month = month_of(hour);
    const Window first_paid = credit_since.value_or(Window::max());
    Items stands;  // Before what is priced now.
    for (const HourUse& one : used.hours)
        if (month_of(one.hour) == month) add(stands, *card, one.used);
    struct Parts {
        Items all;
        Items before;  // There was credit.
    };
    const auto parts_of = [&](const std::vector<HourUse>& hours) {
        Parts parts;
        for (const HourUse& one : hours) {
            add(parts.all, *card, one.used);
            if (one.hour < first_paid) add(parts.before, *card, one.used);
        }
        return parts;
    };
    std::vector<Parts> of_calls;
    for (const Used::Call& call : used.calls) {
        const Parts& parts = of_calls.emplace_back(parts_of(call.use.used));
        const auto& seen = calls_[call.use.session_id].seen;
        for (const auto& [item, quantity] : parts.all)
            stands[item] = bounded_sum(stands[item], quantity_of(seen, item) - quantity);
    }
    std::vector<Parts> of_late;
    for (const Used::Late& late : used.late) {
        of_late.push_back(parts_of(late.use.used));
        Items now_counted;
        for (const HourUse& one : late.use.used)
            if (month_of(one.hour) == month) add(now_counted, *card, one.used);
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
    // What is beyond `seen` of it, that of before there was credit first.
    const auto price = [&](const Parts& parts, Items& seen, Int128& amount,
                           Int128& of_credit) -> Status {
        for (const auto& [item, quantity] : parts.all) {
            const std::int64_t known = std::exchange(seen[item], quantity);
            const std::int64_t more = quantity - known;
            if (more == 0) continue;
            const std::int64_t unpaid = std::clamp<std::int64_t>(
                quantity_of(parts.before, item) - known, 0, std::max<std::int64_t>(more, 0));
            const auto before = cost(item, unpaid);
            if (!before) return fail(before.error());
            const auto paid = cost(item, more - unpaid);
            if (!paid) return fail(paid.error());
            amount = pricing::add_bounded(amount, pricing::add_bounded(*before, *paid));
            of_credit = pricing::add_bounded(of_credit, *paid);
        }
        return {};
    };
    std::map<std::string, OfCall, std::less<>> still;
    for (std::size_t i = 0; i < used.calls.size(); ++i) {
        Used::Call& call = used.calls[i];
        OfCall of_call = std::move(calls_[call.use.session_id]);
        const auto priced = price(of_calls[i], of_call.seen, of_call.amount, of_call.of_credit);
        if (!priced) return priced;
        if (call.use.at_most) of_call.of_credit = std::min(of_call.of_credit, *call.use.at_most);
        call.amount = std::max(of_call.amount, Int128(0));
        call.of_credit = std::max(of_call.of_credit, Int128(0));
        still.emplace(call.use.session_id, std::move(of_call));
    }
    calls_ = std::move(still);
    for (std::size_t i = 0; i < used.late.size(); ++i) {
        Items nothing;
        Int128 all = 0;
        if (const auto priced = price(of_late[i], nothing, all, used.late[i].amount); !priced)
            return priced;
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
