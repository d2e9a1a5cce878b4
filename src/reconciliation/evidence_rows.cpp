#include "reconciliation/evidence_rows.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"

namespace lifeline::reconciliation {

namespace {

using contract::Json;

std::string text_in(const Json& json, std::string_view name) {
    return std::string(json.text(name).value_or(""));
}

std::optional<std::int64_t> quantity_of(std::string_view text) {
    const auto number = pricing::parse_int128(text);
    if (!number || *number > INT64_MAX || *number < INT64_MIN) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> quantity_in(const Json& json, std::string_view name) {
    return quantity_of(json.text(name).value_or(""));
}

Window window_in(const Json& json, std::string_view name) {
    return parse_window(json.text(name).value_or("")).value_or(Window());
}

std::uint32_t version_in(const Json& json) {
    const auto found = json.find("cardVersion");
    return static_cast<std::uint32_t>(found ? found->as_integer().value_or(0) : 0);
}

std::vector<std::string> texts_in(const Json& json, std::string_view name) {
    std::vector<std::string> texts;
    if (const auto found = json.find(name))
        for (const Json& one : found->items())
            if (const auto text = one.as_text()) texts.emplace_back(*text);
    return texts;
}

Entry entry_of(std::uint64_t position, WallTime wall, const std::string& account, bool charge,
               const Json& json) {
    const auto amount = pricing::parse_int128(text_in(json, charge ? "amount" : "amountDelta"));
    return {.position = position,
            .wall = wall,
            .id = text_in(json, charge ? "idempotencyKey" : "adjustmentId"),
            .content = to_hex(sha256(contract::canonical_json(json))),
            .account = account,
            .kind = charge ? "charge" : text_in(json, "kind"),
            .meter = text_in(json, "meter"),
            .item = text_in(json, "item"),
            .window = window_in(json, charge ? "window" : "serviceWindow"),
            .quantity = quantity_in(json, charge ? "quantity" : "quantityDelta").value_or(0),
            .amount = amount.value_or(0),
            .unit = text_in(json, "unit"),
            .currency = text_in(json, "currency"),
            .card = text_in(json, "card"),
            .card_version = version_in(json),
            .card_sha256 = text_in(json, "cardSha256"),
            .records_hash = text_in(json, "recordsHash"),
            .records = texts_in(json, "recordIds"),
            .by_person = !text_in(json, "by").empty()};
}

Delivery delivery_of(std::uint64_t position, WallTime wall, const std::string& account,
                     std::string_view type, const Json& json) {
    using What = Delivery::What;
    const What what = type.ends_with("completed")   ? What::completed
                      : type.ends_with("parked")    ? What::parked
                      : type.ends_with("discarded") ? What::discarded
                                                    : What::redriven;
    return {position,
            what,
            account,
            text_in(json, "sink"),
            text_in(json, "chargeId"),
            text_in(json, "because"),
            wall};
}

// Beyond what a call can have it is none.
std::int64_t step_in(const Json& json, std::string_view name, std::int64_t otherwise) {
    constexpr std::int64_t most = 9'000'000'000'000'000;
    const auto number = quantity_in(json, name);
    return number && *number >= otherwise && *number <= most ? *number : otherwise;
}

MeterSet meters_of(const Json& json) {
    MeterSet set{.first = window_in(json, "effectiveFrom"), .meters = {}};
    const auto meters = json.find("meters");
    if (!meters) return set;
    for (const Json& one : meters->items())
        set.meters[text_in(one, "meter")] = {.unit = text_in(one, "unit"),
                                             .increment = step_in(one, "increment", 1),
                                             .minimum = step_in(one, "minimum", 0),
                                             .mode = text_in(one, "mode")};
    return set;
}

Elsewhere elsewhere_of(std::uint64_t position, const std::string& account, const Json& json) {
    const auto as_of = json.find("asOfPosition");
    const auto asked = as_of ? as_of->as_integer() : std::nullopt;
    return {.position = position,
            .asked_at = asked ? std::optional(static_cast<std::uint64_t>(*asked)) : std::nullopt,
            .account = account,
            .sink = text_in(json, "sink"),
            .item = text_in(json, "item"),
            .window = window_in(json, "window"),
            .quantity = quantity_in(json, "quantity"),
            .amount = pricing::parse_int128(text_in(json, "amount")),
            .currency = text_in(json, "currency"),
            .charges = texts_in(json, "charges")};
}

}  // namespace

Record record_of(const RecordRow& row) {
    Record record{.position = row.position,
                  .id = std::string(row.id),
                  .content = {},
                  .account = {},
                  .session = std::string(row.session),
                  .meter = {},
                  .participant = {},
                  .dims = {},
                  .window = row.window,
                  .unit = {},
                  .quantity = {},
                  .fact = {}};
    const auto json = Json::parse(row.payload);
    if (!json) return record;
    for (const auto& [name, value] : json->members()) {
        if (name == "dims") {
            for (const auto& [kind, word] : value.members())
                if (const auto text = word.as_text()) record.dims.emplace(kind, *text);
            continue;
        }
        const std::string_view text = value.as_text().value_or("");
        if (name == "accountId") record.account = text;
        if (name == "content") record.content = text;
        if (name == "fact") record.fact = text;
        if (name == "meter") record.meter = text;
        if (name == "participant") record.participant = text;
        if (name == "quantity") record.quantity = quantity_of(text);
        if (name == "unit") record.unit = text;
    }
    return record;
}

// Of one event that is not of a call.
void add_event(House& house, std::uint64_t position, WallTime wall, const std::string& stream,
               std::string_view type, const Json& json) {
    if (type == "billing.usage.recorded" || type == "billing.adjustment.created") {
        house.entries.push_back(
            entry_of(position, wall, stream, type == "billing.usage.recorded", json));
    } else if (type.starts_with("billing.delivery.")) {
        house.deliveries.push_back(delivery_of(position, wall, stream, type, json));
    } else if (type == "billing.counted.elsewhere") {
        house.elsewhere.push_back(elsewhere_of(position, stream, json));
    } else if (type == "billing.window.closed") {
        const auto up_to = json.find("upToPosition");
        house.closed.try_emplace(
            window_in(json, "window"),
            static_cast<std::uint64_t>(up_to ? up_to->as_integer().value_or(0) : 0));
    } else if (type == "billing.card.assigned") {
        house.assigned[stream].push_back({text_in(json, "card"), window_in(json, "effectiveFrom")});
    } else if (type == "billing.meters.activated") {
        house.meters.push_back(meters_of(json));
    }
}

}  // namespace lifeline::reconciliation
