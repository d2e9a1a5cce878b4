// What a turn costs: its record for each model call, and the cap that it meets.
#include "agent/live_turn.h"
#include "agent/usage_record.h"
#include "base/log.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

// One record for each model call, written when it is over, however it ended.
void LiveTurn::account() {
    const std::size_t answered = text_.size() - round_text_ + rounds_.back().thought.size();
    const Usage unknown =
        parts_.driver->asks_a_model() ? Usage() : Usage{.input_tokens = 0, .output_tokens = 0};
    spent_ += record_usage({.conversation = parts_.conversation,
                            .turn_id = id_,
                            .number = ++measured_,
                            .driver = parts_.driver->name(),
                            .model = model_,
                            .usage = usage_.value_or(unknown),
                            .guess = static_cast<std::int64_t>((asked_bytes_ + answered) / 4),
                            .prices = parts_.settings.prices},
                           parts_.ledger, parts_.outbox, parts_.loop.clock().wall());
    usage_.reset();
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
