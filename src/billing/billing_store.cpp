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
constexpr std::int64_t view_version = 1;

// `waiting` are usage records of hours that are not closed. `uses` is what each hour has of an
// item, late ones included, and `booked` what is charged for it, adjustments included; both as they
// follow from the journal, whether it is written yet or not.
constexpr const char* tables = R"(
create table facts(name text primary key, value integer not null) without rowid;
create table cards(position integer primary key, payload text not null);
create table assigned(position integer primary key, account text not null, payload text not null);
create table waiting(record text primary key, account text not null, hour integer not null,
    meter text not null, dims text not null, unit text not null, quantity integer not null,
    corrected integer not null, position integer not null) without rowid;
create index waiting_by_hour on waiting(hour, account, position);
create table uses(account text not null, item text not null, hour integer not null,
    card text not null, version integer not null, meter text not null, unit text not null,
    quantity integer not null, primary key(account, item, hour)) without rowid;
create table booked(account text not null, item text not null, hour integer not null,
    charge text not null, quantity integer not null, amount text not null,
    primary key(account, item, hour)) without rowid;
create table unpriced(account text not null, hour integer not null, meter text not null,
    dims text not null, unit text not null, quantity integer not null,
    primary key(account, hour, meter, dims)) without rowid;
create table due(id text primary key, account text not null, made integer not null,
    part integer not null, type text not null, payload text not null) without rowid;
create index due_by_time on due(made, part);
create table entries(id text primary key, account text not null, hour integer not null,
    month integer not null, type text not null, seq integer not null, position integer not null,
    payload text not null) without rowid;
create index entries_by_account on entries(account, position);
create index entries_by_month on entries(account, month, position);
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

Status BillingStore::read_cards() {
    auto cards = view_.database().prepare("select payload from cards order by position");
    if (!cards) return fail(cards.error());
    for (;;) {
        const auto more = cards->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        if (auto card = pricing::parse_card(cards->text(0))) book_.add(*std::move(card));
    }
    auto all = view_.database().prepare("select account, payload from assigned order by position");
    if (!all) return fail(all.error());
    for (;;) {
        const auto more = all->step();
        if (!more) return fail(more.error());
        if (!*more) return {};
        const auto json = contract::Json::parse(all->text(1));
        if (!json) continue;
        const auto from = parse_window(json->text("effectiveFrom").value_or(""));
        if (from)
            assignments_[std::string(all->text(0))].add(
                {std::string(json->text("card").value_or("")), *from});
    }
}

Status BillingStore::apply(const std::vector<Happening>& happenings, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const Happening& one : happenings)
            if (const auto taken = take(one); !taken) return taken;
        return {};
    });
}

Status BillingStore::take(const Happening& one) {
    switch (one.event.type()) {
        case EventType::billing_card_activated: {
            auto card = pricing::parse_card(one.event.payload_json());
            if (!card) return {};  // No door lets such a card in.
            book_.add(*std::move(card));
            return run("insert or replace into cards values(?1,?2)", {one.event.payload_json()},
                       {static_cast<std::int64_t>(one.position)});
        }
        case EventType::billing_card_assigned:
            return take_assigned(one);
        case EventType::billing_usage_measured:
            return take_used(one);
        case EventType::billing_window_closed:
            return take_closed(one);
        case EventType::billing_usage_recorded:
        case EventType::billing_adjustment_created:
            return take_written(one);
        default:
            return {};
    }
}

Status BillingStore::take_assigned(const Happening& one) {
    namespace f = field::billing_card_assigned;
    const auto from = parse_window(one.event.text(f::effective_from));
    if (!from) return {};
    assignments_[one.stream].add({std::string(one.event.text(f::card)), *from});
    auto insert = view_.database().prepare("insert or replace into assigned values(?,?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind(1, one.position)
        .bind_text(2, one.stream)
        .bind_text(3, one.event.payload_json())
        .run();
}

// What is not known is charged once it is: the correction is a record of its own.
Status BillingStore::take_used(const Happening& one) {
    namespace f = field::billing_usage_measured;
    const auto window = parse_window(one.event.text(f::window));
    const auto quantity = quantity_of(one.event.text(f::quantity));
    if (!window || !quantity || *quantity == 0) return {};
    Used used{.record = std::string(one.event.text(f::record_id)),
              .account = std::string(one.event.text(f::account_id)),
              .window = *window,
              .meter = std::string(one.event.text(f::meter)),
              .dims = words_of(one.event.raw(f::dims)),
              .unit = std::string(one.event.text(f::unit)),
              .quantity = *quantity,
              .corrected = one.event.text(f::class_) == "corrected"};
    auto known = view_.database().prepare("select value from facts where name='closed'");
    if (!known) return fail(known.error());
    const auto row = known->step();
    if (!row) return fail(row.error());
    if (*row && known->integer(0) >= number_of(*window)) return late(used, one.position);
    auto insert =
        view_.database().prepare("insert or ignore into waiting values(?,?,?,?,?,?,?,?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind_text(1, used.record)
        .bind_text(2, used.account)
        .bind(3, number_of(used.window))
        .bind_text(4, used.meter)
        .bind_text(5, words_json(used.dims))
        .bind_text(6, used.unit)
        .bind(7, used.quantity)
        .bind(8, std::int64_t{used.corrected ? 1 : 0})
        .bind(9, one.position)
        .run();
}

// Account by account. What stands behind the position up to which the hour was counted is late.
Status BillingStore::take_closed(const Happening& one) {
    namespace f = field::billing_window_closed;
    const auto window = parse_window(one.event.text(f::window));
    if (!window) return {};
    const auto up_to = static_cast<std::uint64_t>(one.event.integer(f::up_to_position));
    std::map<std::string, std::vector<Used>> by_account;
    std::vector<Used> after;
    auto select = view_.database().prepare(
        "select record, account, meter, dims, unit, quantity, corrected, position from waiting "
        "where hour=? order by account, position, record");
    if (!select) return fail(select.error());
    select->bind(1, number_of(*window));
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        Used used{.record = std::string(select->text(0)),
                  .account = std::string(select->text(1)),
                  .window = *window,
                  .meter = std::string(select->text(2)),
                  .dims = words_of(select->text(3)),
                  .unit = std::string(select->text(4)),
                  .quantity = select->integer(5),
                  .corrected = select->integer(6) != 0};
        if (select->natural(7) <= up_to) {
            by_account[used.account].push_back(std::move(used));
        } else {
            after.push_back(std::move(used));
        }
    }
    select->reset();
    for (const auto& [account, used] : by_account)
        if (const auto charged = charge(account, *window, used, one.position); !charged)
            return charged;
    if (const auto gone = run("delete from waiting where hour=?1", {}, {number_of(*window)}); !gone)
        return gone;
    if (const auto closed =
            run("insert or replace into facts values('closed',?1)", {}, {number_of(*window)});
        !closed)
        return closed;
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
    if (const auto gone = run("delete from due where id=?1", {id}, {}); !gone) return gone;
    // An adjustment is booked in the month in which it is made.
    const auto booked = charge ? hour.value_or(Window())
                               : window_of(parse_rfc3339(one.event.ts()).value_or(WallTime()));
    const Month month = month_of(booked);
    auto insert = view_.database().prepare("insert or ignore into entries values(?,?,?,?,?,?,?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind_text(1, id)
        .bind_text(2, one.stream)
        .bind(3, number_of(hour.value_or(Window())))
        .bind(4, std::int64_t{static_cast<int>(month.year())} * 12 +
                     static_cast<unsigned>(month.month()))
        .bind_text(5, one.event.type_name())
        .bind(6, one.seq)
        .bind(7, one.position)
        .bind_text(8, one.event.payload_json())
        .run();
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

Status BillingStore::run(std::string_view text, std::initializer_list<std::string_view> texts,
                         std::initializer_list<std::int64_t> numbers) {
    auto statement = view_.database().prepare(text);
    if (!statement) return fail(statement.error());
    int parameter = 0;
    for (const std::int64_t number : numbers) statement->bind(++parameter, number);
    for (const std::string_view value : texts) statement->bind_text(++parameter, value);
    return statement->run();
}

}  // namespace lifeline::billing
