#include "billing/book_entry.h"

#include <utility>

#include "base/digest.h"
#include "base/fact_id.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"

namespace lifeline::billing {

namespace {

constexpr std::size_t ids_shown_max = 200;

std::string hash_of(const std::vector<std::string>& ids) {
    Sha256 sha;
    for (const std::string& id : ids) sha.add(std::string_view(id)).add(std::string_view("\n"));
    return to_hex(sha.finish());
}

std::string_view kind_of(const Late& late, const pricing::Correction& correction) {
    if (!late.corrected) return "late";
    return correction.quantity_delta < 0 || correction.amount_delta < 0 ? "over" : "under";
}

}  // namespace

DueEntry charge_entry(const ChargeKey& key, const pricing::Card& card, const RecordsOf& records,
                      pricing::Int128 amount, std::optional<pricing::Int128> cost) {
    const std::string window = text_of(key.window);
    const std::string version = std::to_string(card.version);
    const std::string id = fact_id("bu_", {"charge", key.account_id, records.meter, key.item,
                                           card.name, version, card.currency, window});
    contract::JsonWriter json;
    json.object().key("accountId").value(key.account_id);
    json.key("amount").value(pricing::to_text(amount)).key("card").value(card.name);
    json.key("cardSha256").value(card.sha256).key("cardVersion").value(card.version);
    if (cost) json.key("costNano").value(pricing::to_text(*cost));
    json.key("currency").value(card.currency).key("idempotencyKey").value(id);
    json.key("item").value(key.item).key("meter").value(records.meter);
    json.key("quantity").value(std::to_string(records.quantity));
    json.key("recordCount").value(static_cast<std::uint64_t>(records.ids.size()));
    if (records.ids.size() <= ids_shown_max) {
        json.key("recordIds").array();
        for (const std::string& one : records.ids) json.value(one);
        json.end();
    }
    json.key("recordsHash").value(hash_of(records.ids));
    json.key("unit").value(records.unit).key("window").value(window).end();
    return {id, key.account_id, "billing.usage.recorded", contract::canonical_json(json.take())};
}

DueEntry adjustment_entry(const ChargeKey& key, const pricing::Card& card, const Late& late,
                          const pricing::Correction& correction, const pricing::Booking& expected) {
    const std::string window = text_of(key.window);
    const std::string_view kind = kind_of(late, correction);
    const std::string id =
        fact_id("ba_", {"adjustment", key.account_id, key.item, window, kind, late.cause});
    contract::JsonWriter json;
    json.object().key("adjustmentId").value(id);
    json.key("amountDelta").value(pricing::to_text(correction.amount_delta));
    json.key("card").value(card.name).key("cardVersion").value(card.version);
    json.key("cause").value(late.corrected
                                ? "a usage record was corrected after the hour was closed"
                                : "a usage record came after the hour was closed");
    if (!late.charge_id.empty()) json.key("corrects").value(late.charge_id);
    json.key("currency").value(card.currency);
    json.key("expectedAmount").value(pricing::to_text(expected.amount));
    json.key("expectedQuantity").value(std::to_string(expected.quantity));
    json.key("item").value(key.item).key("kind").value(kind).key("meter").value(late.meter);
    json.key("quantityDelta").value(std::to_string(correction.quantity_delta));
    json.key("recordIds").array().value(late.cause).end();
    json.key("serviceWindow").value(window).end();
    return {id, key.account_id, "billing.adjustment.created",
            contract::canonical_json(json.take())};
}

namespace {

DueEntry minimum_of(std::string id, const ChargeKey& last_hour, const pricing::Card& card,
                    std::string_view meter, pricing::Int128 delta, std::string_view cause) {
    contract::JsonWriter json;
    json.object().key("adjustmentId").value(id).key("amountDelta").value(pricing::to_text(delta));
    json.key("card").value(card.name).key("cardVersion").value(card.version);
    json.key("cause").value(cause);
    json.key("currency").value(card.currency).key("item").value(last_hour.item);
    json.key("kind").value("price_fix").key("meter").value(meter);
    json.key("quantityDelta").value("0").key("serviceWindow").value(text_of(last_hour.window));
    json.end();
    return {std::move(id), last_hour.account_id, "billing.adjustment.created",
            contract::canonical_json(json.take())};
}

}  // namespace

DueEntry minimum_entry(const ChargeKey& last_hour, const pricing::Card& card,
                       std::string_view meter, pricing::Int128 amount) {
    return minimum_of(fact_id("ba_", {"minimum", last_hour.account_id, last_hour.item,
                                      text_of(month_of(last_hour.window))}),
                      last_hour, card, meter, amount,
                      "what the month lacks to the least that is paid for it");
}

DueEntry minimum_entry(const ChargeKey& last_hour, const pricing::Card& card,
                       std::string_view meter, pricing::Int128 delta, std::string_view cause) {
    return minimum_of(fact_id("ba_", {"minimum", last_hour.account_id, last_hour.item, card.name,
                                      text_of(last_hour.window), cause}),
                      last_hour, card, meter, delta,
                      "the month's minimum, counted again after its statement was closed");
}

}  // namespace lifeline::billing
