#include <utility>

#include "base/bounded_sum.h"
#include "billing/billing_store.h"
#include "billing/columns.h"
#include "pricing/rate.h"

// What usage costs us: R(q) of the cost card, in the order of the hours and, within one, of the
// items it is sold as. So the costs of a month's charges sum to R of its quantity, too.
namespace lifeline::billing {

// By the cost card of the hour; in another currency than the price it says nothing.
Status BillingStore::add_cost(const ChargeKey& key, const pricing::Card& card, const Used& used,
                              bool late) {
    const pricing::Card* cost = book_.in_force(cost_card, key.window);
    if (cost != nullptr &&
        (cost->kind != pricing::CardKind::cost || cost->currency != card.currency))
        cost = nullptr;
    const auto* item = cost == nullptr ? nullptr : pricing::item_for(*cost, used.meter, used.dims);
    if (const auto kept = put("insert or ignore into records values(?1,?2,?3,?4,?5,?6,?7)",
                              key.account_id, key.item, number_of(key.window), used.record,
                              used.session, used.quantity, late ? 1 : 0);
        !kept)
        return kept;
    return put(
        "insert into costs values(?1,?2,?3,?4,?5) on conflict(account,cost_item,hour,item) "
        "do update set quantity=quantity+excluded.quantity",
        key.account_id, item == nullptr ? std::string_view("") : item->name, number_of(key.window),
        key.item, used.quantity);
}

// When its hour is closed; nothing where some of it has no cost.
Result<std::optional<pricing::Int128>> BillingStore::cost_of(const ChargeKey& key) {
    const pricing::Card* const card = book_.in_force(cost_card, key.window);
    auto select = view_.database().kept(
        "select c.cost_item, max(c.quantity), coalesce(sum(b.quantity/1000000000),0), "
        "coalesce(sum(b.quantity%1000000000),0) from costs c left join costs b on "
        "b.account=c.account and b.cost_item=c.cost_item and b.hour>=?4 and (b.hour<c.hour or "
        "(b.hour=c.hour and b.item<c.item)) "
        "where c.account=?1 and c.hour=?2 and c.item=?3 group by c.cost_item order by c.cost_item");
    if (!select) return fail(select.error());
    select->bind_text(1, key.account_id)
        .bind(2, number_of(key.window))
        .bind_text(3, key.item)
        .bind(4, number_of(first_of(month_of(key.window))));
    pricing::Int128 sum = 0;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return sum;
        const auto* item = card == nullptr ? nullptr : card->find(select->text(0));
        if (item == nullptr) return std::nullopt;
        // In two parts: what several items cost together may be more than a number holds.
        const pricing::Int128 whole =
            pricing::Int128(select->integer(2)) * 1'000'000'000 + select->integer(3);
        if (whole > sum_max || whole < -sum_max) return std::nullopt;
        const auto before = static_cast<std::int64_t>(whole);
        const auto after = pricing::add_quantity(before, select->integer(1));
        const auto cost =
            after ? pricing::amount_between(*item, before, *after) : Result<pricing::Int128>(0);
        const auto with = after && cost ? pricing::add(sum, *cost) : std::nullopt;
        if (!with) return std::nullopt;
        sum = *with;
    }
}

// As it is now: late words move the hours behind them here, too.
Result<CostsOf> BillingStore::costs(const MarginQuery& query) {
    auto select = view_.database().kept(
        "select cost_item, hour, item, quantity from costs where account=?1 and hour>=?2 and "
        "hour<?3 order by cost_item, hour, item");
    if (!select) return fail(select.error());
    select->bind_text(1, query.account_id)
        .bind(2, query.from ? number_of(first_of(month_of(*query.from))) : INT64_MIN)
        .bind(3, query.to ? number_of(*query.to) : INT64_MAX);
    CostsOf costs;
    std::pair<std::string, Month> counted;
    std::int64_t before = 0;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return costs;
        const Window hour{std::chrono::hours(select->integer(1))};
        const std::pair<std::string, Month> now{std::string(select->text(0)), month_of(hour)};
        if (std::exchange(counted, now) != now) before = 0;
        const auto after = pricing::add_quantity(before, select->integer(3));
        const pricing::Card* const card = book_.in_force(cost_card, hour);
        const auto* item = card == nullptr ? nullptr : card->find(now.first);
        auto& sum =
            costs
                .try_emplace({select->integer(1), std::string(select->text(2))}, pricing::Int128(0))
                .first->second;
        if (item == nullptr || !after) {
            sum.reset();
        } else if (sum) {
            const auto cost = pricing::amount_between(*item, before, *after);
            sum = cost ? pricing::add(*sum, *cost) : std::nullopt;
        }
        before = after.value_or(before);
    }
}

}  // namespace lifeline::billing
