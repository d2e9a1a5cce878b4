#include "agent/usage_record.h"

#include <fmt/format.h>

#include <string>

#include "agent/turn_names.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

constexpr std::string_view meter = "agent.tokens";

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
    namespace f = contract::field::billing_usage_reported;
    if (event.type() != contract::EventType::billing_usage_reported ||
        event.text(f::meter) != meter || !event.has(f::dims))
        return std::nullopt;
    const auto dims = contract::Json::parse(event.raw(f::dims));
    const auto at = parse_rfc3339(event.ts());
    if (!dims || !at) return std::nullopt;
    return Ledger::Record{
        .id = std::string(event.text(f::report_id)),
        .session_id = std::string(event.stream()),
        .user_id = std::string(dims->text("userId").value_or("")),
        .at = *at,
        .amount = {.tokens = integer_in(*dims, "inputTokens") + integer_in(*dims, "outputTokens") +
                             integer_in(*dims, "estimatedTokens"),
                   .nano = digits_in(*dims, "costNano")}};
}

Amount record_usage(const ModelCall& call, Ledger& ledger, Outbox& outbox, WallTime now) {
    const Usage& usage = call.usage;
    const bool known = usage.input_tokens || usage.output_tokens;
    const Amount amount = amount_of(usage, call.prices, call.guess);
    const std::string& session = call.conversation.session_id();
    const std::string& owner = call.conversation.owner_id();
    const TurnNames names(call.turn_id);
    const std::string record =
        fmt::format("use_{}_{}_{}", short_digest(session, 16), names.stem(), call.number);
    ledger.add(
        {.id = record, .session_id = session, .user_id = owner, .at = now, .amount = amount});
    if (call.conversation.account_id().empty()) return amount;
    contract::JsonWriter json;
    json.object().key("reportId").value(record).key("meter").value(meter);
    json.key("unit").value("token").key("quantity");
    if (known) {
        json.value(std::to_string(amount.tokens));
    } else {
        json.null();
    }
    json.key("source").value(known ? "provider" : "estimated");
    json.key("participant").value(call.conversation.agent_id());
    json.key("dims").object();
    const auto dim = [&json](std::string_view name, const std::optional<std::int64_t>& value) {
        if (value) json.key(name).value(*value);
    };
    dim("inputTokens", usage.input_tokens);
    dim("cachedTokens", usage.cached_tokens);
    dim("outputTokens", usage.output_tokens);
    if (!known) json.key("estimatedTokens").value(call.guess);
    json.key("costNano").value(std::to_string(amount.nano));
    json.key("userId").value(owner).end();
    const auto is_word = [](std::string_view text) {
        return contract::matches(contract::Form::word, text);
    };
    json.key("provider").value(is_word(call.driver) ? call.driver : "agent");
    if (is_word(call.model)) json.key("model").value(call.model);
    json.key("turnId").value(call.turn_id).end();
    outbox.say(names.server_event("use", call.number), "billing.usage.reported", json.take(),
               As::server);
    return amount;
}

}  // namespace lifeline::agent
