#include <utility>

#include "base/bounded_sum.h"
#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/json.h"

namespace lifeline::billing {

namespace {

std::string text_in(const contract::Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

std::int64_t quantity_in(const contract::Json& json, std::string_view key) {
    return static_cast<std::int64_t>(
        pricing::parse_int128(json.text(key).value_or("0")).value_or(pricing::Int128(0)));
}

pricing::Int128 amount_in(const contract::Json& json, std::string_view key) {
    return pricing::parse_int128(json.text(key).value_or("0")).value_or(pricing::Int128(0));
}

Window window_in(const contract::Json& json, std::string_view key) {
    return parse_window(json.text(key).value_or("")).value_or(Window());
}

std::uint32_t version_in(const contract::Json& json) {
    const auto version = json.find("cardVersion");
    return version ? static_cast<std::uint32_t>(version->as_integer().value_or(1)) : 1;
}

pricing::Charge charge_of(const contract::Json& json, std::int64_t before) {
    return {.id = text_in(json, "idempotencyKey"),
            .card = text_in(json, "card"),
            .card_version = version_in(json),
            .item = text_in(json, "item"),
            .meter = text_in(json, "meter"),
            .unit = text_in(json, "unit"),
            .window = window_in(json, "window"),
            .before = before,
            .quantity = quantity_in(json, "quantity"),
            .amount = amount_in(json, "amount"),
            .currency = text_in(json, "currency")};
}

pricing::Adjustment adjustment_of(const contract::Json& json) {
    return {.id = text_in(json, "adjustmentId"),
            .kind = text_in(json, "kind"),
            .card = text_in(json, "card"),
            .item = text_in(json, "item"),
            .meter = text_in(json, "meter"),
            .service = window_in(json, "serviceWindow"),
            .quantity = quantity_in(json, "quantityDelta"),
            .amount = amount_in(json, "amountDelta"),
            .currency = text_in(json, "currency"),
            .cause = text_in(json, "cause"),
            .corrects = text_in(json, "corrects"),
            .card_version = version_in(json),
            .by_hand = json.text("by").has_value()};
}

DueEntry due_in(const sql::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
            std::string(row.text(3))};
}

EntryRow entry_in(const sql::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), row.natural(2), row.natural(3),
            std::string(row.text(4))};
}

}  // namespace

Result<std::vector<DueEntry>> BillingStore::due(std::size_t limit) {
    auto found =
        ask("select id, account, type, payload from due order by made, part limit ?", limit)
            .all(due_in);
    if (!found) return found;
    if (const auto added = add_closings(*found, limit); !added) return fail(added.error());
    return found;
}

Result<std::optional<DueEntry>> BillingStore::due_entry(const std::string& id) {
    const auto booked =
        ask("select id, account, type, payload from due where id=?", id).first(due_in);
    if (!booked || *booked) return booked;
    const auto ready = to_close();
    if (!ready) return fail(ready.error());
    for (const auto& [account, month] : *ready) {
        const auto lacks = minimums(account, month);
        if (!lacks) continue;
        for (const DueEntry& one : *lacks)
            if (one.id == id) return one;
    }
    return std::optional<DueEntry>();
}

Result<std::vector<EntryRow>> BillingStore::entries(const ChargeQuery& query) {
    return ask("select id, type, seq, position, payload from entries where account=? and "
               "position>? and hour>=? and hour<? order by position limit ?",
               query.account_id, query.after, query.from ? number_of(*query.from) : INT64_MIN,
               query.to ? number_of(*query.to) : INT64_MAX, query.limit)
        .all(entry_in);
}

Result<std::optional<EntryRow>> BillingStore::entry(const std::string& account_id,
                                                    const std::string& id) {
    return ask("select id, type, seq, position, payload from entries where id=? and account=?", id,
               account_id)
        .first(entry_in);
}

// In which an hour's usage is counted: an adjustment of it does not say so.
Result<std::string> BillingStore::unit_of(const std::string& account, const std::string& item,
                                          Window hour) {
    const auto unit =
        ask("select unit from uses where account=? and item=? and hour=?", account, item,
            number_of(hour))
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!unit) return fail(unit.error());
    return unit->value_or("");
}

// Charges stand where they stood when they were booked: what came before them in the journal.
Result<pricing::StatementInput> BillingStore::month(const std::string& account_id, Month month) {
    pricing::StatementInput input{.month = month, .account = account_id, .currency = {}};
    const auto closed = closed_at(account_id, month);
    if (!closed) return fail(closed.error());
    if (*closed > 0) input.journal_head = std::to_string(*closed);
    std::map<std::string, std::int64_t> positions;
    const auto booked =
        ask("select type, payload from entries where account=? and month=? order by position",
            account_id, number_of(month))
            .each([&](const sql::Statement& row) -> Status {
                const auto json = contract::Json::parse(row.text(1));
                if (!json) return fail(json.error());
                if (input.currency.empty()) input.currency = text_in(*json, "currency");
                if (row.text(0) == "billing.usage.recorded") {
                    std::int64_t& position = positions[text_in(*json, "item")];
                    input.charges.push_back(charge_of(*json, position));
                    position = bounded_sum(position, input.charges.back().quantity);
                    return {};
                }
                input.adjustments.push_back(adjustment_of(*json));
                auto& adjusted = input.adjustments.back();
                if (!adjusted.by_hand && adjusted.kind != "price_fix") {
                    const auto unit = unit_of(account_id, adjusted.item, adjusted.service);
                    if (!unit) return fail(unit.error());
                    adjusted.unit = *unit;
                }
                if (month_of(adjusted.service) == month) {
                    std::int64_t& position = positions[adjusted.item];
                    position = bounded_sum(position, adjusted.quantity);
                }
                return {};
            });
    if (!booked) return fail(booked.error());
    // A month in which nothing was booked is in the currency of the account's card.
    if (input.currency.empty()) {
        const auto next = std::chrono::sys_days((month + std::chrono::months(1)) / 1);
        const pricing::Card* const card = card_of(account_id, next - std::chrono::hours(1));
        if (card == nullptr)
            return fail(Code::not_found, "card_not_found",
                        "no card prices what " + account_id + " used in that month");
        input.currency = card->currency;
    }
    auto unpriced =
        ask("select meter, dims, unit, quantity from unpriced where account=? and month=? "
            "order by meter, dims",
            account_id, number_of(month))
            .all([](const sql::Statement& row) {
                return pricing::Unpriced{.meter = std::string(row.text(0)),
                                         .unit = std::string(row.text(2)),
                                         .dims = words_of(row.text(1)),
                                         .quantity = row.integer(3)};
            });
    if (!unpriced) return fail(unpriced.error());
    input.unpriced = *std::move(unpriced);
    return input;
}

}  // namespace lifeline::billing
