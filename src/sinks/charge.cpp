#include "sinks/charge.h"

#include <charconv>
#include <optional>

#include "contract/json.h"

namespace lifeline::sinks {

namespace {

constexpr std::string_view recorded = "billing.usage.recorded";
constexpr std::string_view adjusted = "billing.adjustment.created";

std::optional<std::int64_t> integer_of(std::string_view digits) {
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace

bool is_charge(const contract::Event& event) {
    return event.type_name() == recorded || event.type_name() == adjusted;
}

Result<Charge> charge_of(const contract::Event& event) {
    const auto payload = contract::Json::parse(event.payload_json());
    if (!payload) return fail(payload.error());
    const auto text = [&payload](std::string_view key) {
        return std::string(payload->text(key).value_or(""));
    };
    const bool usage = event.type_name() == recorded;
    const std::string digits = text(usage ? "quantity" : "quantityDelta");
    const auto quantity = integer_of(digits);
    Charge charge{
        .id = text(usage ? "idempotencyKey" : "adjustmentId"),
        .account = std::string(event.stream()),
        .meter = text("meter"),
        .item = text("item"),
        .kind = usage ? std::string(usage_kind) : text("kind"),
        .window = text(usage ? "window" : "serviceWindow"),
        .time = {},
        .quantity = quantity.value_or(0),
        .amount = text(usage ? "amount" : "amountDelta"),
        .currency = text("currency"),
        .card = text("card"),
        .corrects = text("corrects"),
        .recorded = {},
    };
    if (const auto version = payload->find("cardVersion"))
        charge.card_version = version->as_integer().value_or(0);
    // "2026-02-16T10:00Z" is that minute's first millisecond.
    const auto time = parse_rfc3339(charge.window.substr(0, 16) + ":00.000Z");
    const auto at = parse_rfc3339(event.ts());
    if (charge.id.empty() || !time || !at)
        return fail(Code::corrupt, "journal_corrupt", "a charge without its id or its hour");
    if (!quantity)
        return fail(Code::corrupt, "journal_corrupt",
                    "64 bits do not hold its quantity, " + digits);
    charge.time = *time;
    charge.recorded = *at;
    return charge;
}

}  // namespace lifeline::sinks
