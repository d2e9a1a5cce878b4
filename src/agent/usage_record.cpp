#include "agent/usage_record.h"

#include "contract/json.h"

namespace lifeline::agent {

namespace {

std::int64_t integer_in(const contract::Json& object, std::string_view key) {
    const auto value = object.find(key);
    return value ? value->as_integer().value_or(0) : 0;
}

// An amount is written as digits, since it may be more than a number of JSON holds.
std::int64_t digits_in(const contract::Json& object, std::string_view key) {
    std::int64_t number = 0;
    for (const char c : object.text(key).value_or(""))
        if (c >= '0' && c <= '9' && number < INT64_MAX / 20) number = number * 10 + (c - '0');
    return number;
}

}  // namespace

std::optional<Ledger::Record> usage_record(const contract::Event& event) {
    namespace f = contract::field::billing_usage_measured;
    if (event.type() != contract::EventType::billing_usage_measured ||
        event.text(f::meter) != "llm.tokens" || !event.has(f::dims))
        return std::nullopt;
    const auto dims = contract::Json::parse(event.raw(f::dims));
    const auto at = parse_rfc3339(event.ts());
    if (!dims || !at) return std::nullopt;
    return Ledger::Record{
        .id = std::string(event.text(f::record_id)),
        .session_id = std::string(event.text(f::session_id)),
        .user_id = std::string(dims->text("userId").value_or("")),
        .at = *at,
        .amount = {.tokens = integer_in(*dims, "inputTokens") + integer_in(*dims, "outputTokens") +
                             integer_in(*dims, "estimatedTokens"),
                   .nano = digits_in(*dims, "costNano")}};
}

}  // namespace lifeline::agent
