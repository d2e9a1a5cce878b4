#include "audit/decision.h"

#include <initializer_list>
#include <string_view>

#include "contract/json.h"

namespace lifeline::audit {

namespace {

using contract::EventType;
using contract::Json;

// Of an account's money, where a person decided.
bool about_money(EventType type) {
    switch (type) {
        case EventType::billing_adjustment_created:
        case EventType::billing_finding_changed:
        case EventType::billing_delivery_redriven:
        case EventType::billing_delivery_discarded:
        case EventType::billing_alert_settled:
            return true;
        default:
            return false;
    }
}

bool decides(EventType type) {
    switch (type) {
        case EventType::safety_evaluated:
        case EventType::safety_approved:
        case EventType::safety_blocked:
        case EventType::safety_confirmation_requested:
        case EventType::safety_confirmation_resolved:
        case EventType::safety_confirmation_expired:
        case EventType::safety_confirmation_cancelled:
        case EventType::safety_confirmation_superseded:
        case EventType::safety_killswitch_changed:
        case EventType::safety_override_recorded:
        case EventType::safety_policy_changed:
        case EventType::safety_grant_created:
        case EventType::safety_grant_revoked:
            return true;
        default:
            return about_money(type);
    }
}

std::string first_of(const Json& payload, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
        if (const auto text = payload.text(key)) return std::string(*text);
    return {};
}

std::string joined(const Json& list) {
    std::string words;
    for (const Json& item : list.items()) {
        if (!words.empty()) words += ' ';
        words += item.as_text().value_or("");
    }
    return words;
}

// An actor ({kind, id}), or the id alone.
void take_by(const Json& payload, Decision& decision) {
    const auto by = payload.find("by");
    if (!by) return;
    if (const auto id = by->as_text()) {
        decision.by_id = *id;
    } else {
        decision.by_kind = first_of(*by, {"kind"});
        decision.by_id = first_of(*by, {"id"});
    }
}

// Of what, in the words in which a verdict names the switch; and whose it is, beyond one call.
void take_stop(const Json& payload, Decision& decision) {
    const std::string scope = first_of(payload, {"scope"});
    const std::string subject = first_of(payload, {"subject"});
    decision.rules = "kill_switch:" + scope;
    if (scope == "account") decision.account_id = subject;
    if (scope != "action_type") return;
    decision.rules += ' ' + subject;
    decision.account_id = first_of(payload, {"accountId"});
}

// The stream is the account's, but for an alert about the server.
void take_money(const contract::Event& event, const Json& payload, Decision& decision) {
    if (event.stream() != "sys_billing") decision.account_id = event.stream();
    decision.decision_id = first_of(payload, {"adjustmentId", "findingId", "chargeId", "alertId"});
    decision.outcome = first_of(payload, {"kind", "state"});
    if (event.type() == EventType::billing_delivery_redriven) decision.outcome = "redriven";
    if (event.type() == EventType::billing_delivery_discarded) decision.outcome = "discarded";
    const auto name = [&](std::string_view what, std::string_view key) {
        const std::string of = first_of(payload, {key});
        if (of.empty()) return;
        if (!decision.rules.empty()) decision.rules += ' ';
        decision.rules.append(what).append(of);
    };
    name("item:", "item");
    name("finding:", "findingId");
    name("sink:", "sink");
}

}  // namespace

std::optional<Decision> decision_of(const contract::Event& event) {
    if (!decides(event.type())) return std::nullopt;
    const auto payload = Json::parse(event.payload_json());
    if (!payload) return std::nullopt;
    // What follows from a rule decides nothing.
    if (about_money(event.type()) && !payload->text("by")) return std::nullopt;
    Decision decision;
    decision.type = event.type_name();
    decision.action_id = first_of(*payload, {"actionId"});
    if (const auto subject = payload->find("subject"); subject && decision.action_id.empty())
        decision.action_id = first_of(*subject, {"id"});
    decision.confirmation_id = first_of(*payload, {"confirmationId"});
    decision.decision_id = first_of(*payload, {"decisionId"});
    decision.policy_id = first_of(*payload, {"policyId"});
    decision.policy_version = first_of(*payload, {"policyVersion"});
    decision.inputs_hash = first_of(*payload, {"inputsHash"});
    decision.requested_by = first_of(*payload, {"requestedBy"});
    if (const auto rules = payload->find("rules")) decision.rules = joined(*rules);
    take_by(*payload, decision);
    switch (event.type()) {
        case EventType::safety_blocked:
            decision.outcome = first_of(*payload, {"reason"});
            break;
        case EventType::safety_killswitch_changed:
            take_stop(*payload, decision);
            decision.outcome = payload->find("enabled").and_then(
                                   [](const Json& on) { return on.as_bool(); }) == true
                                   ? "on"
                                   : "off";
            break;
        case EventType::billing_adjustment_created:
        case EventType::billing_finding_changed:
        case EventType::billing_delivery_redriven:
        case EventType::billing_delivery_discarded:
        case EventType::billing_alert_settled:
            take_money(event, *payload, decision);
            break;
        case EventType::safety_policy_changed:
            decision.outcome = "changed";
            break;
        case EventType::safety_grant_created:
        case EventType::safety_grant_revoked:
            decision.rules = "grant:" + first_of(*payload, {"grantId"});
            decision.outcome =
                event.type() == EventType::safety_grant_created ? "granted" : "revoked";
            break;
        default:
            decision.outcome = first_of(*payload, {"outcome", "decision", "cause"});
    }
    return decision;
}

}  // namespace lifeline::audit
