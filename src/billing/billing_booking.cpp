#include <utility>

#include "billing/billing_store.h"
#include "billing/columns.h"
#include "pricing/rate.h"

// What is charged for an hour that is closed, and what a late word changes of it.
namespace lifeline::billing {

namespace {

Window first_of(Month month) {
    return std::chrono::sys_days(month / 1);
}

std::unexpected<Error> beyond_numbers(const ChargeKey& key) {
    return fail(Code::internal, "storage_error",
                "more than can be counted was used of " + key.item + " by " + key.account_id);
}

}  // namespace

// One charge for each item, in the order of their names.
Status BillingStore::charge(const std::string& account, Window window,
                            const std::vector<Used>& used, std::uint64_t position) {
    const pricing::Card* const card = card_of(account, window);
    std::map<std::string, RecordsOf> items;
    for (const Used& one : used) {
        const pricing::Item* const item =
            card == nullptr ? nullptr : pricing::item_for(*card, one.meter, one.dims);
        if (item == nullptr) {
            if (const auto kept = unpriced(one); !kept) return kept;
            continue;
        }
        RecordsOf& records = items[item->name];
        records.meter = one.meter;
        records.unit = one.unit;
        const auto sum = pricing::add_quantity(records.quantity, one.quantity);
        if (!sum) return beyond_numbers({account, item->name, window});
        records.quantity = *sum;
        records.ids.push_back(one.record);
    }
    for (const auto& [item, records] : items) {
        const ChargeKey key{account, item, window};
        const auto before = month_before(key);
        if (!before) return fail(before.error());
        const auto after = pricing::add_quantity(*before, records.quantity);
        if (!after) return beyond_numbers(key);
        const auto amount = pricing::amount_between(*card->find(item), *before, *after);
        if (!amount) return fail(amount.error());
        if (const auto kept = add_use(key, *card, records); !kept) return kept;
        const DueEntry entry = charge_entry(key, *card, records, *amount);
        if (const auto booked = run("insert into booked values(?3,?4,?1,?5,?2,?6)",
                                    {account, item, entry.id, pricing::to_text(*amount)},
                                    {number_of(window), records.quantity});
            !booked)
            return booked;
        if (const auto due = keep_due(entry, position); !due) return due;
    }
    return {};
}

// It keeps its hour and that hour's price. With tiers it moves the hours of the month behind it.
Status BillingStore::late(const Used& used, std::uint64_t position) {
    const pricing::Card* const card = card_of(used.account, used.window);
    const pricing::Item* const item =
        card == nullptr ? nullptr : pricing::item_for(*card, used.meter, used.dims);
    if (item == nullptr) return unpriced(used);
    const ChargeKey key{used.account, item->name, used.window};
    if (const auto kept =
            add_use(key, *card, {used.meter, used.unit, used.quantity, {used.record}});
        !kept)
        return kept;
    return adjust_month(key, used, position);
}

Status BillingStore::add_use(const ChargeKey& key, const pricing::Card& card,
                             const RecordsOf& records) {
    return run(
        "insert into uses values(?4,?5,?1,?6,?2,?7,?8,?3) on conflict(account,item,hour) "
        "do update set quantity=quantity+excluded.quantity",
        {key.account_id, key.item, card.name, records.meter, records.unit},
        {number_of(key.window), std::int64_t{card.version}, records.quantity});
}

// What the month had of it before this hour.
Result<std::int64_t> BillingStore::month_before(const ChargeKey& key) {
    auto select = view_.database().prepare(
        "select coalesce(sum(quantity),0) from uses where account=? and item=? and hour>=? and "
        "hour<?");
    if (!select) return fail(select.error());
    select->bind_text(1, key.account_id)
        .bind_text(2, key.item)
        .bind(3, number_of(first_of(month_of(key.window))))
        .bind(4, number_of(key.window));
    const auto row = select->step();
    if (!row) return fail(row.error());
    return select->integer(0);
}

// Expected less booked, hour by hour: doing it again adds nothing.
Status BillingStore::adjust_month(const ChargeKey& key, const Used& used, std::uint64_t position) {
    struct Row {
        pricing::Hour hour;
        const pricing::Card* card = nullptr;
        std::string charge;
        pricing::Booking booked;
    };
    const Month month = month_of(key.window);
    const Month next = month + std::chrono::months(1);
    auto select = view_.database().prepare(
        "select u.hour, u.quantity, u.card, u.version, coalesce(b.charge,''), "
        "coalesce(b.quantity,0), coalesce(b.amount,'0') from uses u left join booked b "
        "on b.account=u.account and b.item=u.item and b.hour=u.hour "
        "where u.account=? and u.item=? and u.hour>=? and u.hour<? order by u.hour");
    if (!select) return fail(select.error());
    select->bind_text(1, key.account_id)
        .bind_text(2, key.item)
        .bind(3, number_of(first_of(month)))
        .bind(4, number_of(first_of(next)));
    std::vector<Row> rows;
    std::vector<pricing::Hour> hours;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        Row row;
        row.card = book_.find(select->text(2), static_cast<std::uint32_t>(select->natural(3)));
        row.hour = {Window(std::chrono::hours(select->integer(0))), select->integer(1),
                    row.card == nullptr ? nullptr : row.card->find(key.item)};
        row.charge = std::string(select->text(4));
        row.booked = {select->integer(5),
                      pricing::parse_int128(select->text(6)).value_or(pricing::Int128(0))};
        hours.push_back(row.hour);
        rows.push_back(std::move(row));
    }
    select->reset();
    const auto rated = pricing::rate_month(hours);
    if (!rated) return fail(rated.error());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].card == nullptr) continue;
        const pricing::Booking expected{rows[i].hour.quantity, (*rated)[i].amount};
        const auto correction = pricing::correction(expected, rows[i].booked);
        if (!correction) return fail(correction.error());
        if (correction->nothing()) continue;
        const ChargeKey hour{key.account_id, key.item, rows[i].hour.window};
        if (const auto booked = book_it(hour, expected); !booked) return booked;
        const DueEntry entry = adjustment_entry(
            hour, *rows[i].card, {used.record, used.corrected, rows[i].charge, used.meter},
            *correction, expected);
        if (const auto due = keep_due(entry, position); !due) return due;
    }
    return {};
}

Status BillingStore::book_it(const ChargeKey& key, const pricing::Booking& expected) {
    return run(
        "insert into booked values(?3,?4,?1,'',?2,?5) on conflict(account,item,hour) "
        "do update set quantity=excluded.quantity, amount=excluded.amount",
        {key.account_id, key.item, pricing::to_text(expected.amount)},
        {number_of(key.window), expected.quantity});
}

Status BillingStore::unpriced(const Used& used) {
    return run(
        "insert into unpriced values(?3,?1,?4,?5,?6,?2) on conflict(account,hour,meter,dims) "
        "do update set quantity=quantity+excluded.quantity",
        {used.account, used.meter, words_json(used.dims), used.unit},
        {number_of(used.window), used.quantity});
}

Status BillingStore::keep_due(const DueEntry& entry, std::uint64_t position) {
    return run(
        "insert or ignore into due select ?2,?3,?1,(select count(*) from due where made=?1),?4,?5 "
        "where not exists (select 1 from entries where id=?2)",
        {entry.id, entry.account_id, entry.type, entry.payload},
        {static_cast<std::int64_t>(position)});
}

}  // namespace lifeline::billing
