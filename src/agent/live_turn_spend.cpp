// What a turn costs: its record for each model call, and the cap that it meets.
#include <fmt/format.h>

#include <utility>

#include "agent/live_turn.h"
#include "base/log.h"
#include "contract/form.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

// One record for each model call, written when it is over, however it ended: what was not told is
// not known, and says so.
void LiveTurn::account(const Usage& usage) {
    const bool known = usage.input_tokens || usage.output_tokens;
    const std::size_t answered = text_.size() - round_text_ + rounds_.back().thought.size();
    const auto guess = static_cast<std::int64_t>((asked_bytes_ + answered) / 4);
    const Amount amount = amount_of(usage, parts_.settings.prices, guess);
    spent_ += amount;
    const std::size_t number = rounds_.size();
    const WallTime now = parts_.loop.clock().wall();
    const std::string session = parts_.conversation.session_id();
    const std::string record =
        fmt::format("use_{}_{}_{}", short_digest(session, 16), names_.stem(), number);
    parts_.ledger.add({.id = record,
                       .session_id = session,
                       .user_id = parts_.conversation.owner_id(),
                       .at = now,
                       .amount = amount});
    if (parts_.conversation.account_id().empty()) return;
    contract::JsonWriter json;
    json.object().key("recordId").value(record);
    json.key("accountId").value(parts_.conversation.account_id());
    json.key("sessionId").value(session).key("meter").value("llm.tokens");
    json.key("meterVersion").value(1);
    json.key("window").value(format_rfc3339(now).substr(0, 14) + "00Z");
    json.key("unit").value("token").key("quantity");
    if (known) {
        json.value(std::to_string(amount.tokens));
    } else {
        json.null();
    }
    json.key("source").value(known ? "provider" : "estimated");
    json.key("needsReconciliation").value(!known);
    json.key("participant").value(parts_.conversation.agent_id());
    json.key("dims").object();
    const auto dim = [&json](std::string_view name, const std::optional<std::int64_t>& value) {
        if (value) json.key(name).value(*value);
    };
    dim("inputTokens", usage.input_tokens);
    dim("cachedTokens", usage.cached_tokens);
    dim("outputTokens", usage.output_tokens);
    if (!known) json.key("estimatedTokens").value(guess);
    json.key("costNano").value(std::to_string(amount.nano));
    json.key("userId").value(parts_.conversation.owner_id()).end();
    json.key("provider").value(word_or(parts_.driver->name(), "agent"));
    if (contract::matches(contract::Form::word, model_)) json.key("model").value(model_);
    json.key("turnId").value(id_).end();
    parts_.outbox.say(names_.server_event("use", number), "billing.usage.measured", json.take(),
                      As::server);
}

void LiveTurn::quota(const Denied& denied) {
    contract::JsonWriter json;
    json.object().key("subject").value(parts_.conversation.agent_id());
    json.key("quota").value(denied.quota).key("limit").value(denied.limit);
    json.key("current").value(denied.current);
    if (denied.retry_at) json.key("retryAt").value(format_rfc3339(*denied.retry_at));
    json.end();
    parts_.outbox.say(names_.server_event("quota", 0), "billing.quota.denied", json.take(),
                      As::server);
    log::warn("session={} agent={} quota={} limit={} current={} the model is not asked",
              parts_.conversation.session_id(), parts_.settings.name, denied.quota, denied.limit,
              denied.current);
    telling_ = told_by_prompt(parts_.conversation);
    tell_results("skipped");
    if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
    say(parts_.settings.quota_text);
    finish("quota");
}

}  // namespace lifeline::agent
