#include "api/action_view.h"

namespace lifeline::api {

void write_action(contract::JsonWriter& json, const call::Action& action) {
    const auto text = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) json.key(key).value(value);
    };
    json.object();
    text("actionId", action.id);
    text("actionType", action.type);
    text("state", call::to_text(action.state));
    text("outcome", action.outcome);
    text("code", action.code);
    text("duplicateOf", action.duplicate_of);
    text("risk", contract::to_text(action.risk));
    text("requestedBy", action.requester);
    text("turnId", action.turn_id);
    text("summary", action.summary);
    if (!action.args_json.empty()) json.key("args").raw(action.args_json);
    text("argsHash", action.args_hash);
    if (action.attempt > 0) {
        json.key("attempt").value(action.attempt);
        text("executor", action.executor);
        text("runBy", action.run_by);
        json.key("fence").value(action.fence);
    }
    if (action.retry_at) json.key("retryAt").value(format_rfc3339(*action.retry_at));
    if (action.confirmation) json.key("confirmation").raw(action.confirmation->payload_json);
    if (action.cancel_asked()) json.key("cancelAsked").value(true);
    if (action.told) json.key("toldAgent").value(true);
    json.end();
}

std::string actions_json(const call::State& state, Shown shown) {
    contract::JsonWriter json;
    json.array();
    for (const call::Action& action : state.actions)
        if (shown == Shown::all || !action.is_over()) write_action(json, action);
    json.end();
    return json.take();
}

}  // namespace lifeline::api
