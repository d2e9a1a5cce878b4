#include "audit/decision_json.h"

namespace lifeline::audit {

void write_decision(contract::JsonWriter& json, const Decision& decision) {
    const auto text = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) json.key(key).value(value);
    };
    json.object();
    text("sessionId", decision.session_id);
    json.key("seq").value(decision.seq);
    text("at", decision.at);
    text("type", decision.type);
    text("actionId", decision.action_id);
    text("confirmationId", decision.confirmation_id);
    text("decisionId", decision.decision_id);
    text("outcome", decision.outcome);
    text("policyId", decision.policy_id);
    text("policyVersion", decision.policy_version);
    text("rules", decision.rules);
    text("inputsHash", decision.inputs_hash);
    text("requestedBy", decision.requested_by);
    if (!decision.by_id.empty()) {
        json.key("by").object();
        text("kind", decision.by_kind);
        text("id", decision.by_id);
        json.end();
    }
    json.end();
}

}  // namespace lifeline::audit
