#include <algorithm>
#include <utility>

#include "base/fact_id.h"
#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "pricing/rate.h"

// A month is sealed when its last hour is closed: what is booked after that is in a later
// statement. Once the charges of that hour are written, too, what its items lack to their minimums
// is booked, and then its statement is closed by an event.
namespace lifeline::billing {

namespace {

std::string statement_id(const std::string& account, Month month) {
    return fact_id("st_", {"statement", account, text_of(month)});
}

}  // namespace

// The least number there is where it is not known.
Result<std::int64_t> BillingStore::fact(std::string_view name) {
    const auto value =
        ask("select value from facts where name=?", name).first([](const sql::Statement& row) {
            return row.integer(0);
        });
    if (!value) return fail(value.error());
    return value->value_or(INT64_MIN);
}

Status BillingStore::seal(Window window) {
    const auto sealed = fact("sealed");
    if (!sealed) return fail(sealed.error());
    const std::int64_t now = number_of(month_of(window + std::chrono::hours(1))) - 1;
    if (now <= *sealed) return {};
    for (auto month = std::max(*sealed + 1, number_of(month_of(window))); month <= now; ++month) {
        const Month of = month_of_number(month);
        if (const auto kept =
                put("insert or ignore into closings select distinct account,?1 from booked where "
                    "hour>=?2 and hour<=?3 and charge<>'' union "
                    "select distinct account,?1 from entries where month=?1",
                    month, number_of(first_of(of)), number_of(last_of(of)));
            !kept)
            return kept;
    }
    return put("insert or replace into facts values('sealed',?1)", now);
}

// Those whose charges are all written.
Result<BillingStore::AccountMonths> BillingStore::to_close() {
    return ask("select account, month from closings where not exists (select 1 from due where "
               "due.account=closings.account and due.type='billing.usage.recorded') "
               "order by month, account")
        .all([](const sql::Statement& row) {
            return std::pair(std::string(row.text(0)), month_of_number(row.integer(1)));
        });
}

// One that cannot be counted stays open, and is stuck; those behind it are closed.
Status BillingStore::add_closings(std::vector<DueEntry>& due, std::size_t limit) {
    if (due.size() >= limit) return {};
    const auto ready = to_close();
    if (!ready) return fail(ready.error());
    for (const auto& [account, month] : *ready) {
        if (due.size() >= limit) return {};
        const auto lacks = minimums(account, month);
        if (!lacks) continue;
        due.insert(due.end(), lacks->begin(), lacks->end());
        if (!lacks->empty()) continue;
        if (auto entry = closing(account, month)) due.push_back(*std::move(entry));
    }
    return {};
}

Result<bool> BillingStore::is_open(const std::string& account, Month month) {
    const auto sealed = fact("sealed");
    if (!sealed) return fail(sealed.error());
    if (number_of(month) > *sealed) return false;
    return ask("select 1 from closings where account=? and month=?", account, number_of(month))
        .any();
}

Result<std::vector<DueEntry>> BillingStore::minimums(const std::string& account, Month month) {
    std::vector<DueEntry> lacks;
    const auto open = is_open(account, month);
    if (!open) return fail(open.error());
    if (!*open) return lacks;
    const auto input = this->month(account, month);
    if (!input) return fail(input.error());
    const auto statement = pricing::compose(*input, book_);
    if (!statement) return fail(statement.error());
    for (const auto& line : statement->lines) {
        if (line.kind != pricing::StatementLine::Kind::minimum || line.adjustment) continue;
        if (const auto* card = book_.find(line.card, line.card_version))
            lacks.push_back(minimum_entry({account, line.item, last_of(month)}, *card, line.meter,
                                          line.amount));
    }
    return lacks;
}

Result<std::vector<StuckStatement>> BillingStore::stuck(std::size_t limit) {
    const auto ready = to_close();
    if (!ready) return fail(ready.error());
    std::vector<StuckStatement> found;
    for (const auto& [account, month] : *ready) {
        if (found.size() >= limit) break;
        if (const auto entry = closing(account, month); !entry)
            found.push_back({account, month, entry.error()});
    }
    return found;
}

Result<DueEntry> BillingStore::closing(const std::string& account, Month month) {
    const auto input = this->month(account, month);
    if (!input) return fail(input.error());
    const auto statement = pricing::compose(*input, book_);
    if (!statement) return fail(statement.error());
    const std::string id = statement_id(account, month);
    contract::JsonWriter json;
    json.object().key("accountId").value(account).key("currency").value(statement->currency);
    json.key("ledgerHash").value(pricing::ledger_hash(*statement));
    json.key("period").value(text_of(month)).key("statementId").value(id);
    json.key("totalMinor").raw(pricing::to_text(statement->total)).end();
    return DueEntry{id, account, "billing.statement.closed", contract::canonical_json(json.take())};
}

Status BillingStore::take_statement(const Happening& one) {
    namespace f = contract::field::billing_statement_closed;
    const auto month = parse_month(one.event.text(f::period));
    if (!month) return {};
    const auto was = ask("delete from closings where account=? and month=? returning account",
                         one.stream, number_of(*month))
                         .any();
    if (!was) return fail(was.error());
    if (!*was) return {};
    if (const auto kept = put("insert or ignore into statements values(?1,?2,?3)", one.stream,
                              number_of(*month), one.position);
        !kept)
        return kept;
    const auto input = this->month(one.stream, *month);
    if (!input) return fail(input.error());
    const auto statement = pricing::compose(*input, book_);
    if (!statement) return {};
    for (const auto& line : statement->lines) {
        if (line.kind != pricing::StatementLine::Kind::minimum) continue;
        if (const auto kept = put("insert or replace into minimums values(?1,?2,?3,?4)", one.stream,
                                  line.item, number_of(*month), pricing::to_text(line.amount));
            !kept)
            return kept;
    }
    const auto items =
        ask("select distinct item from uses where account=? and hour>=? and hour<=? order by item",
            one.stream, number_of(first_of(*month)), number_of(last_of(*month)))
            .all([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!items) return fail(items.error());
    const std::string id(one.event.text(f::statement_id));
    for (const std::string& item : *items)
        if (const auto done = settle_minimums(one.stream, item, *month, id, one.position); !done)
            return done;
    return {};
}

// What people corrected of a month's item. Goodwill is not usage, as in the statement. What would
// take the sum beyond numbers is left out, in the order of the journal: no door lets it in any
// more.
Result<pricing::Booking> BillingStore::by_hand(const std::string& account, const std::string& item,
                                               Month month) {
    pricing::Booking sum;
    const auto read =
        ask("select payload from entries where account=? and hour>=? and hour<=? and "
            "type='billing.adjustment.created' order by position",
            account, number_of(first_of(month)), number_of(last_of(month)))
            .each([&](const sql::Statement& row) {
                const auto json = contract::Json::parse(row.text(0));
                if (!json || !json->text("by") || json->text("kind") == "write_off" ||
                    json->text("item") != item)
                    return;
                const auto quantity =
                    pricing::parse_int128(json->text("quantityDelta").value_or("0"));
                const auto amount = pricing::parse_int128(json->text("amountDelta").value_or("0"));
                if (quantity && (*quantity > INT64_MAX || *quantity < INT64_MIN)) return;
                const auto with = pricing::booked_with(
                    sum, {static_cast<std::int64_t>(quantity.value_or(pricing::Int128(0))),
                          amount.value_or(pricing::Int128(0))});
                if (with) sum = *with;
            });
    if (!read) return fail(read.error());
    return sum;
}

// Expected less booked, once the month's statement is closed. As in the statement, by the version
// that priced the last of it, whatever cards priced the rest.
Status BillingStore::settle_minimums(const std::string& account, const std::string& item,
                                     Month month, const std::string& cause,
                                     std::uint64_t position) {
    const auto sealed = fact("sealed");
    if (!sealed) return fail(sealed.error());
    if (number_of(month) > *sealed) return {};
    const auto open = is_open(account, month);
    if (!open) return fail(open.error());
    if (*open) return {};

    pricing::Booking sum;
    const pricing::Card* card = nullptr;
    bool was_used = false;
    std::string meter;
    const auto read =
        ask("select u.card, u.version, u.meter, b.quantity, b.amount from uses u "
            "join booked b on b.account=u.account and b.item=u.item and b.hour=u.hour "
            "where u.account=? and u.item=? and u.hour>=? and u.hour<=? order by u.hour",
            account, item, number_of(first_of(month)), number_of(last_of(month)))
            .each([&](const sql::Statement& row) -> Status {
                const bool uses = row.integer(3) != 0;
                if (uses || !was_used) {
                    card = book_.find(row.text(0), static_cast<std::uint32_t>(row.natural(1)));
                    meter = row.text(2);
                }
                was_used = was_used || uses;
                const auto with = pricing::booked_with(
                    sum, {row.integer(3),
                          pricing::parse_int128(row.text(4)).value_or(pricing::Int128(0))});
                if (!with) return fail(with.error());
                sum = *with;
                return {};
            });
    if (!read) return read;
    const auto hand = by_hand(account, item, month);
    if (!hand) return fail(hand.error());
    if (card == nullptr) return {};  // It was not used.
    const auto* line = card->find(item);
    // Beyond numbers there is no minimum; one account's sums stop nobody's books.
    const auto used = pricing::booked_with(sum, {hand->quantity, hand->amount});
    pricing::Int128 expected = 0;
    if (line != nullptr && was_used && used) {
        const auto due = pricing::minimum_due(*line, used->quantity, used->amount);
        if (!due) return {};
        expected = *due;
    }
    const auto booked =
        ask("select amount from minimums where account=? and item=? and month=?", account, item,
            number_of(month))
            .first([](const sql::Statement& row) {
                return pricing::parse_int128(row.text(0)).value_or(pricing::Int128(0));
            });
    if (!booked) return fail(booked.error());
    const pricing::Int128 delta = expected - booked->value_or(pricing::Int128(0));
    if (delta == 0) return {};
    if (const auto kept = put("insert or replace into minimums values(?1,?2,?3,?4)", account, item,
                              number_of(month), pricing::to_text(expected));
        !kept)
        return kept;
    return keep_due(minimum_entry({account, item, last_of(month)}, *card, meter, delta, cause),
                    position);
}

}  // namespace lifeline::billing
