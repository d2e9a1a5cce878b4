#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/json.h"

namespace lifeline::billing {

namespace {

constexpr std::size_t adjustments_max = 1000;

std::string text_in(const contract::Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

}  // namespace

Result<std::optional<ChargeTrace>> BillingStore::trace(const std::string& account_id,
                                                       const std::string& id) {
    auto found = entry(account_id, id);
    if (!found) return fail(found.error());
    if (!*found) return std::optional<ChargeTrace>();
    const auto json = contract::Json::parse((*found)->payload_json);
    if (!json) return fail(json.error());
    const bool charge = (*found)->type == "billing.usage.recorded";
    const auto window = parse_window(text_in(*json, charge ? "window" : "serviceWindow"));
    ChargeTrace trace{.entry = **std::move(found),
                      .meter = text_in(*json, "meter"),
                      .window = window.value_or(Window())};
    const auto version = json->find("cardVersion");
    if (const auto* card =
            book_.find(text_in(*json, "card"),
                       version ? static_cast<std::uint32_t>(version->as_integer().value_or(0)) : 0))
        trace.card_json = card->json;
    if (const auto named = json->find("recordIds")) {
        for (const auto& one : named->items())
            if (const auto text = one.as_text()) trace.record_ids.emplace_back(*text);
    } else if (charge) {
        // More than an event names.
        const std::string item = text_in(*json, "item");
        auto ids =
            ask("select record from records where account=? and item=? and hour=? and late=0",
                account_id, item, number_of(trace.window))
                .all([](const sql::Statement& row) { return std::string(row.text(0)); });
        if (!ids) return fail(ids.error());
        trace.record_ids = *std::move(ids);
    }
    const auto all = entries({.account_id = account_id,
                              .from = trace.window,
                              .to = trace.window + std::chrono::hours(1),
                              .after = trace.entry.position,
                              .limit = adjustments_max});
    if (!all) return fail(all.error());
    for (const EntryRow& row : *all) {
        const auto adjustment = contract::Json::parse(row.payload_json);
        if (adjustment && text_in(*adjustment, "corrects") == id) trace.adjustments.push_back(row);
    }
    return trace;
}

}  // namespace lifeline::billing
