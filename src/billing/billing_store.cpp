#include "billing/billing_store.h"

#include <algorithm>
#include <utility>

#include "billing/columns.h"
#include "contract/json.h"
#include "pricing/rate.h"

namespace lifeline::billing {

namespace {

using contract::EventType;
namespace field = contract::field;

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 6;

// `waiting` are usage records of hours that are not closed. `uses` is what each hour has of an
// item, late ones included, and `booked` what is charged for it, adjustments included; both as they
// follow from the journal, whether it is written yet or not. `volume` is the same quantity without
// signs. `costs` is the same usage by the cost
// card, '' what that does not price. `credit` is in which currency an account has paid ahead.
// `closings` are statements of months that are over and not closed yet, `minimums` what closed ones
// have of each, corrections included. `used`, `hours` and `statements` say where in the journal
// stands what a month follows from: usage records (in whose statement is only of those that nothing
// prices), closed hours and closed statements.
constexpr const char* tables = R"(
create table facts(name text primary key, value integer not null) without rowid;
create table cards(position integer primary key, payload text not null);
create table assigned(position integer primary key, account text not null, payload text not null);
create table credit(account text primary key, currency text not null) without rowid;
create table waiting(record text primary key, session text not null, account text not null,
    hour integer not null,
    meter text not null, dims text not null, unit text not null, quantity integer not null,
    corrected integer not null, position integer not null) without rowid;
create index waiting_by_hour on waiting(hour, account, position);
create table uses(account text not null, item text not null, hour integer not null,
    card text not null, version integer not null, meter text not null, unit text not null,
    quantity integer not null, volume integer not null,
    primary key(account, item, hour)) without rowid;
create table booked(account text not null, item text not null, hour integer not null,
    charge text not null, quantity integer not null, amount text not null,
    primary key(account, item, hour)) without rowid;
create table records(account text not null, item text not null, hour integer not null,
    record text not null, session text not null, quantity integer not null, late integer not null,
    primary key(account, item, hour, record)) without rowid;
create table costs(account text not null, cost_item text not null, hour integer not null,
    item text not null, quantity integer not null,
    primary key(account, cost_item, hour, item)) without rowid;
create table closings(account text not null, month integer not null,
    primary key(account, month)) without rowid;
create table minimums(account text not null, item text not null, month integer not null,
    amount text not null, primary key(account, item, month)) without rowid;
create table unpriced(account text not null, month integer not null, meter text not null,
    dims text not null, unit text not null, quantity integer not null,
    primary key(account, month, meter, dims)) without rowid;
create table used(position integer primary key, account text not null, hour integer not null,
    month integer not null);
create index used_by_hour on used(account, hour);
create index used_by_month on used(account, month);
create table hours(hour integer primary key, position integer not null);
create table statements(account text not null, month integer not null, position integer not null,
    primary key(account, month)) without rowid;
create table due(id text primary key, account text not null, made integer not null,
    part integer not null, type text not null, payload text not null) without rowid;
create index due_by_time on due(made, part);
create table entries(id text primary key, account text not null, hour integer not null,
    month integer not null, type text not null, seq integer not null, position integer not null,
    payload text not null) without rowid;
create index entries_by_account on entries(account, position);
create index entries_by_month on entries(account, month, position);
create index entries_by_hour on entries(account, hour, position);
)";

std::optional<std::int64_t> quantity_of(std::string_view text) {
    const auto number = pricing::parse_int128(text);
    if (!number || *number > INT64_MAX || *number < INT64_MIN) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace

Result<BillingStore> BillingStore::open(const std::string& path,
                                        const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    BillingStore store(std::move(*view));
    if (const auto read = store.read_cards(); !read) return fail(read.error());
    return store;
}

Result<BillingStore> BillingStore::look(const std::string& path) {
    auto view = journal::ViewFile::look(path, {tables, view_version});
    if (!view) return fail(view.error());
    BillingStore store(std::move(*view));
    if (const auto read = store.read_cards(); !read) return fail(read.error());
    return store;
}

Status BillingStore::read_cards() {
    const auto cards =
        ask("select payload from cards order by position").each([&](const sql::Statement& row) {
            if (auto card = pricing::parse_card(row.text(0))) book_.add(*std::move(card));
        });
    if (!cards) return cards;
    return ask("select account, payload from assigned order by position")
        .each([&](const sql::Statement& row) {
            const auto json = contract::Json::parse(row.text(1));
            const auto from =
                json ? parse_window(json->text("effectiveFrom").value_or("")) : std::nullopt;
            if (from)
                assignments_[std::string(row.text(0))].add(
                    {std::string(json->text("card").value_or("")), *from});
        });
}

Status BillingStore::apply(const std::vector<Happening>& happenings, std::uint64_t cursor) {
    return take_all(happenings, cursor, [this](const Happening& one) { return take(one); });
}

Status BillingStore::take(const Happening& one) {
    switch (one.event.type()) {
        case EventType::billing_card_activated: {
            auto card = pricing::parse_card(one.event.payload_json());
            if (!card) return {};  // No door lets such a card in.
            book_.add(*std::move(card));
            return put("insert or replace into cards values(?1,?2)", one.position,
                       one.event.payload_json());
        }
        case EventType::billing_card_assigned:
            return take_assigned(one);
        case EventType::billing_credit_granted:
            return put("insert or ignore into credit values(?1,?2)", one.stream,
                       one.event.text(field::billing_credit_granted::currency));
        case EventType::billing_usage_measured:
            return take_used(one);
        case EventType::billing_window_closed:
            return take_closed(one);
        case EventType::billing_usage_recorded:
        case EventType::billing_adjustment_created:
            return take_written(one);
        case EventType::billing_statement_closed:
            return take_statement(one);
        default:
            return {};
    }
}

Status BillingStore::take_assigned(const Happening& one) {
    namespace f = field::billing_card_assigned;
    const auto from = parse_window(one.event.text(f::effective_from));
    if (!from) return {};
    assignments_[one.stream].add({std::string(one.event.text(f::card)), *from});
    return put("insert or replace into assigned values(?,?,?)", one.position, one.stream,
               one.event.payload_json());
}

// What is not known is charged once it is: the correction is a record of its own.
Status BillingStore::take_used(const Happening& one) {
    namespace f = field::billing_usage_measured;
    const auto window = parse_window(one.event.text(f::window));
    const auto quantity = quantity_of(one.event.text(f::quantity));
    if (!window || !quantity || *quantity == 0) return {};
    Used used{.record = std::string(one.event.text(f::record_id)),
              .session = std::string(one.event.text(f::session_id)),
              .account = std::string(one.event.text(f::account_id)),
              .window = *window,
              .meter = std::string(one.event.text(f::meter)),
              .dims = words_of(one.event.raw(f::dims)),
              .unit = std::string(one.event.text(f::unit)),
              .quantity = *quantity,
              .corrected = one.event.text(f::class_) == "corrected",
              .position = one.position};
    const auto closed = fact("closed");
    if (!closed) return fail(closed.error());
    if (*closed >= number_of(*window)) {
        used.told = parse_rfc3339(one.event.ts()).value_or(WallTime());
        return late(used, one.position);
    }
    return put("insert or ignore into waiting values(?,?,?,?,?,?,?,?,?,?)", used.record,
               used.session, used.account, number_of(used.window), used.meter,
               words_json(used.dims), used.unit, used.quantity, used.corrected ? 1 : 0,
               one.position);
}

// Account by account. What stands behind the position up to which the hour was counted is late.
Status BillingStore::take_closed(const Happening& one) {
    namespace f = field::billing_window_closed;
    const auto window = parse_window(one.event.text(f::window));
    if (!window) return {};
    const auto up_to = static_cast<std::uint64_t>(one.event.integer(f::up_to_position));
    // Of one account at a time: an hour may have very many.
    std::vector<Used> of_account;
    std::vector<Used> after;
    const auto charge_them = [&]() -> Status {
        if (of_account.empty()) return {};
        const auto done = charge(of_account.front().account, *window, of_account, one.position);
        of_account.clear();
        return done;
    };
    const auto read =
        ask("select record, account, meter, dims, unit, quantity, corrected, position, session "
            "from waiting where hour=? order by account, position, record",
            number_of(*window))
            .each([&](const sql::Statement& row) -> Status {
                Used used{.record = std::string(row.text(0)),
                          .session = std::string(row.text(8)),
                          .account = std::string(row.text(1)),
                          .window = *window,
                          .meter = std::string(row.text(2)),
                          .dims = words_of(row.text(3)),
                          .unit = std::string(row.text(4)),
                          .quantity = row.integer(5),
                          .corrected = row.integer(6) != 0,
                          .position = row.natural(7)};
                if (used.position > up_to) {
                    after.push_back(std::move(used));
                    return {};
                }
                if (!of_account.empty() && of_account.front().account != used.account)
                    if (const auto charged = charge_them(); !charged) return charged;
                of_account.push_back(std::move(used));
                return {};
            });
    if (!read) return read;
    if (const auto charged = charge_them(); !charged) return charged;
    if (const auto gone = put("delete from waiting where hour=?1", number_of(*window)); !gone)
        return gone;
    if (const auto closed =
            put("insert or replace into facts values('closed',?1)", number_of(*window));
        !closed)
        return closed;
    if (const auto kept =
            put("insert or ignore into hours values(?1,?2)", number_of(*window), one.position);
        !kept)
        return kept;
    if (const auto sealed = seal(*window); !sealed) return sealed;
    for (const Used& used : after)
        if (const auto done = late(used, one.position); !done) return done;
    return {};
}

// What was written is due no more; the first of an id stands.
Status BillingStore::take_written(const Happening& one) {
    const bool charge = one.event.type() == EventType::billing_usage_recorded;
    const std::string_view id =
        charge ? one.event.text(field::billing_usage_recorded::idempotency_key)
               : one.event.text(field::billing_adjustment_created::adjustment_id);
    const auto hour =
        parse_window(charge ? one.event.text(field::billing_usage_recorded::window)
                            : one.event.text(field::billing_adjustment_created::service_window));
    if (const auto gone = put("delete from due where id=?1", id); !gone) return gone;
    const Window service = hour.value_or(Window());
    std::int64_t month = number_of(month_of(service));
    const bool by_hand = !charge && !one.event.text(field::billing_adjustment_created::by).empty();
    bool closes = false;  // A minimum belongs to the month that it closes.
    if (!charge && !by_hand &&
        one.event.text(field::billing_adjustment_created::kind) == "price_fix") {
        const auto open = is_open(one.stream, month_of(service));
        if (!open) return fail(open.error());
        closes = *open;
    }
    if (!charge && !closes) {
        // Booked in the month in which it is made, and never in one whose statement is made up.
        const auto sealed = fact("sealed");
        if (!sealed) return fail(sealed.error());
        const auto made = window_of(parse_rfc3339(one.event.ts()).value_or(WallTime()));
        month = std::max(number_of(month_of(made)), *sealed + 1);
    }
    const auto kept = put("insert or ignore into entries values(?,?,?,?,?,?,?,?)", id, one.stream,
                          number_of(service), month, one.event.type_name(), one.seq, one.position,
                          one.event.payload_json());
    if (!kept || !by_hand) return kept;
    const std::string item(one.event.text(field::billing_adjustment_created::item));
    return settle_minimums(one.stream, item, month_of(service), std::string(id), one.position);
}

const pricing::Assignments* BillingStore::assignments(std::string_view account_id) const {
    const auto found = assignments_.find(account_id);
    return found == assignments_.end() ? nullptr : &found->second;
}

// The account's own, or the card `standard` where it has none.
const pricing::Card* BillingStore::card_of(const std::string& account, Window window) const {
    const auto* own = assignments(account);
    const std::string_view name = own == nullptr ? std::string_view() : own->card_at(window);
    return book_.in_force(name.empty() ? standard_card : name, window);
}

}  // namespace lifeline::billing
