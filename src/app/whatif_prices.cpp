#include "app/whatif_prices.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "app/listing.h"
#include "base/late.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "pricing/decimal_text.h"
#include "pricing/rate.h"

namespace lifeline::app {

namespace {

using contract::EventType;
using pricing::Int128;
namespace field = contract::field;

std::optional<Int128> difference(const WhatIfPrices::Row& row) {
    return pricing::subtract(row.then.value_or(0), row.now.value_or(0));
}

std::string money(const std::optional<Int128>& amount) {
    return amount ? pricing::nano_text(*amount, 2) : std::string();
}

}  // namespace

bool WhatIfPrices::looks_at(std::string_view, std::string_view bytes) {
    for (const std::string_view type :
         {"\"type\":\"billing.usage.measured\"", "\"type\":\"billing.usage.recorded\"",
          "\"type\":\"billing.adjustment.created\"", "\"type\":\"billing.window.closed\""})
        if (bytes.contains(type)) return true;
    return false;
}

bool WhatIfPrices::wants(Window window) const {
    return (!wanted_.from || window >= *wanted_.from) && (!wanted_.to || window < *wanted_.to);
}

void WhatIfPrices::take(const whatif::Recorded& recorded) {
    if (recorded.event == nullptr) return;
    switch (recorded.event->type()) {
        case EventType::billing_usage_measured:
            return take_used(*recorded.event);
        case EventType::billing_window_closed:
            closed_ = parse_window(recorded.event->text(field::billing_window_closed::window))
                          .value_or(closed_);
            return;
        case EventType::billing_usage_recorded:
        case EventType::billing_adjustment_created:
            return take_entry(recorded.stream, *recorded.event);
        default:
            return;
    }
}

// All of a month, wanted or not: tiers count from its beginning.
void WhatIfPrices::take_used(const contract::Event& event) {
    namespace f = field::billing_usage_measured;
    const std::string account(event.text(f::account_id));
    const auto window = parse_window(event.text(f::window));
    const auto quantity = pricing::parse_int128(event.text(f::quantity));
    if (!window || !quantity || (!wanted_.account.empty() && wanted_.account != account)) return;
    if (!seen_.try_emplace(std::string(event.text(f::record_id)), true).second) return;
    // It is charged by nobody but a person, by no card.
    if (closed_ >= *window && too_late(parse_rfc3339(event.ts()).value_or(WallTime()), *window))
        return;
    pricing::Words dims;
    if (const auto words = contract::Json::parse(event.raw(f::dims)))
        for (const auto& [name, value] : words->members())
            if (const auto text = value.as_text()) dims.emplace(name, *text);
    const auto* item = pricing::item_for(card_, event.text(f::meter), dims);
    if (item == nullptr) return;
    std::int64_t& hour = used_[{account, item->name, month_of(*window)}][*window];
    const auto sum = pricing::add_quantity(hour, static_cast<std::int64_t>(*quantity));
    too_large_ = too_large_ || !sum;
    hour = sum.value_or(hour);
}

// What usage costs, on both sides: neither what was given away nor a month's minimum is that.
void WhatIfPrices::take_entry(std::string_view stream, const contract::Event& event) {
    namespace charge = field::billing_usage_recorded;
    namespace change = field::billing_adjustment_created;
    const bool charged = event.type() == EventType::billing_usage_recorded;
    const auto window = parse_window(event.text(charged ? charge::window : change::service_window));
    const auto amount =
        pricing::parse_int128(event.text(charged ? charge::amount : change::amount_delta));
    if (!window || !amount || !wants(*window)) return;
    if (!wanted_.account.empty() && wanted_.account != stream) return;
    const std::string_view kind = charged ? std::string_view() : event.text(change::kind);
    if (kind == "write_off" || (kind == "price_fix" && event.text(change::by).empty())) return;
    const std::string id(event.text(charged ? charge::idempotency_key : change::adjustment_id));
    if (!seen_.try_emplace(id, true).second) return;
    const auto currency = event.text(charged ? charge::currency : change::currency);
    if (currency != card_.currency) other_currency_ = currency;
    Int128& sum = charged_[{std::string(stream),
                            std::string(event.text(charged ? charge::item : change::item))}];
    const auto with = pricing::add(sum, *amount);
    too_large_ = too_large_ || !with;
    sum = with.value_or(sum);
}

Result<std::vector<WhatIfPrices::Row>> WhatIfPrices::rows() const {
    if (!other_currency_.empty())
        return fail(Code::conflict, "currency_differs",
                    fmt::format("charges are in {}, the card in {}; name an account (--account)",
                                other_currency_, card_.currency));
    std::map<std::pair<std::string, std::string>, Row> rows;
    const auto row = [&](const std::string& account, const std::string& item) -> Row& {
        return rows.try_emplace({account, item}, Row{.account = account, .item = item})
            .first->second;
    };
    bool counted = !too_large_;
    for (const auto& [of, amount] : charged_) row(of.first, of.second).now = amount;
    for (const auto& [of, hours] : used_) {
        const auto& [account, item, month] = of;
        std::vector<pricing::Hour> all;
        all.reserve(hours.size());
        for (const auto& [window, quantity] : hours)
            all.push_back({window, quantity, card_.find(item)});
        const auto rated = pricing::rate_month(all);
        if (!rated) return fail(rated.error());
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!wants(all[i].window)) continue;
            Row& found = row(account, item);
            const auto sum = pricing::add(found.then.value_or(0), (*rated)[i].amount);
            counted = counted && sum;
            found.then = sum;
        }
    }
    if (!counted)
        return fail(Code::malformed, "out_of_range", "it comes to more than can be counted");
    std::vector<Row> found;
    for (auto& [of, one] : rows) found.push_back(std::move(one));
    return found;
}

std::string WhatIfPrices::in_words(const std::vector<Row>& rows) const {
    Listing table({{"ACCOUNT", "accountId"},
                   {"ITEM", "item"},
                   {"NOW", "now"},
                   {"THEN", "then"},
                   {"DIFFERENCE", "difference"}});
    for (const Row& row : rows)
        table.row({row.account, row.item, money(row.now), money(row.then), money(difference(row))});
    return fmt::format(
        "By {} version {}, in {}; months' minimums and write-offs are not counted; - is not "
        "priced.\n{}",
        card_.name, card_.version, card_.currency, table.table());
}

std::string WhatIfPrices::in_json(const std::vector<Row>& rows) const {
    contract::JsonWriter json;
    json.object().key("card").value(card_.name).key("currency").value(card_.currency);
    json.key("items").array();
    for (const Row& row : rows) {
        json.object().key("accountId").value(row.account).key("item").value(row.item);
        if (row.now) json.key("now").value(pricing::to_text(*row.now));
        if (row.then) json.key("then").value(pricing::to_text(*row.then));
        if (const auto more = difference(row))
            json.key("difference").value(pricing::to_text(*more));
        json.end();
    }
    json.end().end();
    return json.take() + "\n";
}

}  // namespace lifeline::app
