#include <algorithm>
#include <utility>

#include "base/bounded_sum.h"
#include "base/late.h"
#include "base/log.h"
#include "billing/billing_store.h"
#include "billing/columns.h"
#include "pricing/rate.h"

// What is charged for an hour that is closed, and what a late word changes of it.
namespace lifeline::billing {

namespace {

std::unexpected<Error> beyond_numbers(const ChargeKey& key) {
    return fail(Code::internal, "storage_error",
                "more than can be counted was used of " + key.item + " by " + key.account_id);
}

// What a month may have of an item, whichever way each record goes: then no sum of any of them
// wraps. Nobody uses that much.
constexpr std::int64_t volume_max = 4'000'000'000'000'000'000;

bool has_room(std::int64_t volume, std::int64_t quantity) {
    return quantity <= volume_max - volume && quantity >= volume - volume_max;
}

std::int64_t size_of(std::int64_t quantity) {
    return quantity < 0 ? -quantity : quantity;
}

// Reconciliation finds that it is used and not charged; a person looks at it.
void tell_not_charged(const ChargeKey& key, const std::string& record) {
    log::error(
        "usage record {} is not charged: the month of {} for {} has more than can be counted",
        record, key.item, key.account_id);
}

}  // namespace

// One charge for each item, in the order of their names.
Status BillingStore::charge(const std::string& account, Window window,
                            const std::vector<Used>& used, std::uint64_t position) {
    const pricing::Card* const card = card_of(account, window);
    std::map<std::string, RecordsOf> items;
    std::map<std::string, std::int64_t> volumes;  // Of the month, with what is charged here.
    for (const Used& one : used) {
        const pricing::Item* const item =
            card == nullptr ? nullptr : pricing::item_for(*card, one.meter, one.dims);
        if (item == nullptr) {
            if (const auto kept = unpriced(one); !kept) return kept;
            continue;
        }
        const ChargeKey of{account, item->name, window};
        const auto [volume, first] = volumes.try_emplace(item->name);
        if (first) {
            const auto known = month_volume(of);
            if (!known) return fail(known.error());
            volume->second = *known;
        }
        if (!has_room(volume->second, one.quantity)) {
            tell_not_charged(of, one.record);
            continue;
        }
        volume->second += size_of(one.quantity);
        RecordsOf& records = items[item->name];
        records.volume += size_of(one.quantity);
        records.meter = one.meter;
        records.unit = one.unit;
        const auto sum = pricing::add_quantity(records.quantity, one.quantity);
        if (!sum) return beyond_numbers(of);
        records.quantity = *sum;
        records.ids.push_back(one.record);
        if (const auto kept = keep_used(one, month_of(window)); !kept) return kept;
        if (const auto kept = add_cost(of, *card, one, false); !kept) return kept;
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
        const auto cost = cost_of(key);
        if (!cost) return fail(cost.error());
        const DueEntry entry = charge_entry(key, *card, records, *amount, *cost);
        if (const auto booked =
                put("insert into booked values(?1,?2,?3,?4,?5,?6)", account, item,
                    number_of(window), entry.id, records.quantity, pricing::to_text(*amount));
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
    // Reconciliation finds what it is, and a person books it or writes it off.
    if (too_late(used.told, used.window)) return {};
    const ChargeKey key{used.account, item->name, used.window};
    const auto volume = month_volume(key);
    if (!volume) return fail(volume.error());
    if (!has_room(*volume, used.quantity)) {
        tell_not_charged(key, used.record);
        return {};
    }
    if (const auto kept = keep_used(used, month_of(used.window)); !kept) return kept;
    if (const auto kept = add_use(key, *card,
                                  {.meter = used.meter,
                                   .unit = used.unit,
                                   .quantity = used.quantity,
                                   .ids = {used.record},
                                   .volume = size_of(used.quantity)});
        !kept)
        return kept;
    if (const auto kept = add_cost(key, *card, used, true); !kept) return kept;
    if (const auto adjusted = adjust_month(key, used, position); !adjusted) return adjusted;
    return settle_minimums(key.account_id, key.item, month_of(key.window), used.record, position);
}

Status BillingStore::add_use(const ChargeKey& key, const pricing::Card& card,
                             const RecordsOf& records) {
    return put(
        "insert into uses values(?1,?2,?3,?4,?5,?6,?7,?8,?9) on conflict(account,item,hour) "
        "do update set quantity=quantity+excluded.quantity, volume=volume+excluded.volume",
        key.account_id, key.item, number_of(key.window), card.name, card.version, records.meter,
        records.unit, records.quantity, records.volume);
}

// What the month had of it before this hour.
Result<std::int64_t> BillingStore::month_before(const ChargeKey& key) {
    const auto sum =
        ask("select coalesce(sum(quantity),0) from uses where account=? and item=? and hour>=? and "
            "hour<?",
            key.account_id, key.item, number_of(first_of(month_of(key.window))),
            number_of(key.window))
            .first([](const sql::Statement& row) { return row.integer(0); });
    if (!sum) return fail(sum.error());
    return sum->value_or(0);
}

// In all its hours, without signs.
Result<std::int64_t> BillingStore::month_volume(const ChargeKey& key) {
    const Month month = month_of(key.window);
    const auto sum =
        ask("select coalesce(sum(volume),0) from uses where account=? and item=? and hour>=? and "
            "hour<=?",
            key.account_id, key.item, number_of(first_of(month)), number_of(last_of(month)))
            .first([](const sql::Statement& row) { return row.integer(0); });
    if (!sum) return fail(sum.error());
    return sum->value_or(0);
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
    std::vector<pricing::Hour> hours;
    const auto rows =
        ask("select u.hour, u.quantity, u.card, u.version, coalesce(b.charge,''), "
            "coalesce(b.quantity,0), coalesce(b.amount,'0') from uses u left join booked b "
            "on b.account=u.account and b.item=u.item and b.hour=u.hour "
            "where u.account=? and u.item=? and u.hour>=? and u.hour<? order by u.hour",
            key.account_id, key.item, number_of(first_of(month)), number_of(first_of(next)))
            .all([&](const sql::Statement& found) {
                Row row;
                row.card = book_.find(found.text(2), static_cast<std::uint32_t>(found.natural(3)));
                row.hour = {Window(std::chrono::hours(found.integer(0))), found.integer(1),
                            row.card == nullptr ? nullptr : row.card->find(key.item)};
                row.charge = std::string(found.text(4));
                row.booked = {found.integer(5),
                              pricing::parse_int128(found.text(6)).value_or(pricing::Int128(0))};
                hours.push_back(row.hour);
                return row;
            });
    if (!rows) return fail(rows.error());
    const auto rated = pricing::rate_month(hours);
    if (!rated) return fail(rated.error());
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row& row = (*rows)[i];
        if (row.card == nullptr) continue;
        const pricing::Booking expected{row.hour.quantity, (*rated)[i].amount};
        const auto correction = pricing::correction(expected, row.booked);
        if (!correction) return fail(correction.error());
        if (correction->nothing()) continue;
        const ChargeKey hour{key.account_id, key.item, row.hour.window};
        if (const auto booked = book_it(hour, expected); !booked) return booked;
        const DueEntry entry =
            adjustment_entry(hour, *row.card, {used.record, used.corrected, row.charge, used.meter},
                             *correction, expected);
        if (const auto due = keep_due(entry, position); !due) return due;
    }
    return {};
}

Status BillingStore::book_it(const ChargeKey& key, const pricing::Booking& expected) {
    return put(
        "insert into booked values(?1,?2,?3,'',?4,?5) on conflict(account,item,hour) "
        "do update set quantity=excluded.quantity, amount=excluded.amount",
        key.account_id, key.item, number_of(key.window), expected.quantity,
        pricing::to_text(expected.amount));
}

// What is late is said in the first statement that is not made up yet.
Status BillingStore::unpriced(const Used& used) {
    const auto sealed = fact("sealed");
    if (!sealed) return fail(sealed.error());
    const auto month = std::max(number_of(month_of(used.window)), *sealed + 1);
    if (const auto kept = keep_used(used, month_of_number(month)); !kept) return kept;
    return put(
        "insert into unpriced values(?1,?2,?3,?4,?5,?6) on conflict(account,month,meter,dims) "
        "do update set quantity=max(-?7,min(?7,quantity+excluded.quantity))",
        used.account, month, used.meter, words_json(used.dims), used.unit,
        bounded_sum(used.quantity, 0), sum_max);
}

Status BillingStore::keep_due(const DueEntry& entry, std::uint64_t position) {
    return put(
        "insert or ignore into due select ?1,?2,?3,(select count(*) from due where made=?3),?4,?5 "
        "where not exists (select 1 from entries where id=?1)",
        entry.id, entry.account_id, position, entry.type, entry.payload);
}

}  // namespace lifeline::billing
