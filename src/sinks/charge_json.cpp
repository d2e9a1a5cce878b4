#include "sinks/charge_json.h"

#include "contract/json_writer.h"

namespace lifeline::sinks {

std::string_view event_name(const Charge& charge) {
    return charge.kind == usage_kind ? "billing.usage.recorded" : "billing.adjustment.created";
}

void write_charge(contract::JsonWriter& json, const Charge& charge) {
    json.object();
    json.key("accountId").value(charge.account);
    json.key("amount").value(charge.amount);
    if (!charge.card.empty()) json.key("card").value(charge.card);
    if (charge.card_version != 0) json.key("cardVersion").value(charge.card_version);
    if (!charge.corrects.empty()) json.key("corrects").value(charge.corrects);
    json.key("currency").value(charge.currency);
    json.key("id").value(charge.id);
    json.key("item").value(charge.item);
    json.key("kind").value(charge.kind);
    json.key("meter").value(charge.meter);
    json.key("quantity").value(std::to_string(charge.quantity));
    json.key("recordedAt").value(format_rfc3339(charge.recorded));
    json.key("serviceWindow").value(charge.window);
    json.end();
}

}  // namespace lifeline::sinks
