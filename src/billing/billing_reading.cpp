#include <utility>

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
            .corrects = text_in(json, "corrects")};
}

}  // namespace

Result<std::vector<DueEntry>> BillingStore::due(std::size_t limit) {
    auto select = view_.database().prepare(
        "select id, account, type, payload from due order by made, part limit ?");
    if (!select) return fail(select.error());
    select->bind(1, static_cast<std::int64_t>(limit));
    std::vector<DueEntry> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back({std::string(select->text(0)), std::string(select->text(1)),
                         std::string(select->text(2)), std::string(select->text(3))});
    }
}

Result<std::vector<EntryRow>> BillingStore::entries(const ChargeQuery& query) {
    auto select = view_.database().prepare(
        "select id, type, seq, position, payload from entries where account=?1 and position>?2 "
        "and hour>=?3 and hour<?4 order by position limit ?5");
    if (!select) return fail(select.error());
    select->bind_text(1, query.account_id)
        .bind(2, query.after)
        .bind(3, query.from ? number_of(*query.from) : INT64_MIN)
        .bind(4, query.to ? number_of(*query.to) : INT64_MAX)
        .bind(5, static_cast<std::int64_t>(query.limit));
    std::vector<EntryRow> rows;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return rows;
        rows.push_back({std::string(select->text(0)), std::string(select->text(1)),
                        select->natural(2), select->natural(3), std::string(select->text(4))});
    }
}

Result<std::string> BillingStore::currency_of(const std::string& account_id) {
    const auto first = entries({.account_id = account_id, .limit = 1});
    if (!first) return fail(first.error());
    if (first->empty()) return std::string();
    const auto json = contract::Json::parse(first->front().payload_json);
    if (!json) return fail(json.error());
    return text_in(*json, "currency");
}

// Charges stand where they stood when they were booked: what came before them in the journal.
Result<pricing::StatementInput> BillingStore::month(const std::string& account_id, Month month) {
    pricing::StatementInput input{.month = month, .account = account_id, .currency = {}};
    auto select = view_.database().prepare(
        "select type, payload from entries where account=? and month=? order by position");
    if (!select) return fail(select.error());
    select->bind_text(1, account_id)
        .bind(2, std::int64_t{static_cast<int>(month.year())} * 12 +
                     static_cast<unsigned>(month.month()));
    std::map<std::string, std::int64_t> positions;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        const auto json = contract::Json::parse(select->text(1));
        if (!json) return fail(json.error());
        if (input.currency.empty()) input.currency = text_in(*json, "currency");
        if (select->text(0) == "billing.usage.recorded") {
            std::int64_t& position = positions[text_in(*json, "item")];
            input.charges.push_back(charge_of(*json, position));
            position += input.charges.back().quantity;
        } else {
            input.adjustments.push_back(adjustment_of(*json));
            const auto& adjusted = input.adjustments.back();
            if (month_of(adjusted.service) == month) positions[adjusted.item] += adjusted.quantity;
        }
    }
    // A month in which nothing was booked is in the currency of the account's card.
    if (input.currency.empty()) {
        const auto next = std::chrono::sys_days((month + std::chrono::months(1)) / 1);
        const pricing::Card* const card = card_of(account_id, next - std::chrono::hours(1));
        if (card == nullptr)
            return fail(Code::not_found, "card_not_found",
                        "no card prices what " + account_id + " used in that month");
        input.currency = card->currency;
    }
    auto rest = view_.database().prepare(
        "select meter, dims, unit, sum(quantity) from unpriced where account=? and hour>=? and "
        "hour<? group by meter, dims, unit order by meter, dims");
    if (!rest) return fail(rest.error());
    rest->bind_text(1, account_id)
        .bind(2, number_of(std::chrono::sys_days(month / 1)))
        .bind(3, number_of(std::chrono::sys_days((month + std::chrono::months(1)) / 1)));
    for (;;) {
        const auto more = rest->step();
        if (!more) return fail(more.error());
        if (!*more) return input;
        pricing::Unpriced one{.meter = std::string(rest->text(0)),
                              .unit = std::string(rest->text(2)),
                              .dims = words_of(rest->text(1)),
                              .quantity = rest->integer(3)};
        input.unpriced.push_back(std::move(one));
    }
}

}  // namespace lifeline::billing
