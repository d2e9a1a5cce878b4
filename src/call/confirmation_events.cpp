#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "call/action_events.h"
#include "call/cut_text.h"
#include "call/payload.h"
#include "call/server_id.h"

namespace lifeline::call::events {

namespace {

using contract::EventType;

std::string scope_json(const Shown& shown) {
    constexpr std::size_t recipients_shown = 256;
    contract::JsonWriter json;
    json.object();
    json.key("kind").value(shown.scope_kind);
    json.key("target").value(shown.target.empty() ? "-" : cut_text(shown.target, 256));
    if (!shown.recipients.empty()) {
        json.key("recipients").array();
        for (std::size_t i = 0; i < std::min(shown.recipients.size(), recipients_shown); ++i)
            json.value(shown.recipients[i].empty() ? "-" : cut_text(shown.recipients[i], 256));
        json.end();
        json.key("recipientCount").value(static_cast<std::int64_t>(shown.recipients.size()));
    }
    if (!shown.amount.empty()) json.key("amount").value(shown.amount);
    if (!shown.currency.empty()) json.key("currency").value(shown.currency);
    json.key("audience").value(shown.external ? "external" : "internal");
    json.end();
    return json.take();
}

// Each has one end.
std::string closed_id(const Action& action) {
    return server_id("cnf_over", action.confirmation->id);
}

}  // namespace

std::string confirmation_id(const Action& action, std::uint32_t evaluation) {
    const Digest digest = sha256(fmt::format("cnf_{}:{}", action.id, evaluation));
    return fmt::format("cnf_{}", to_hex({digest.data(), 16}));
}

ServerEvent confirmation_requested(const Action& action, std::uint32_t evaluation,
                                   const Ruling& ruling, const Shown& shown, WallTime expires_at) {
    contract::JsonWriter decisions;
    decisions.array().value("approve");
    if (ruling.may_edit) decisions.value("edit");
    decisions.value("deny").end();
    return {server_id("cnf", action.id, evaluation), EventType::safety_confirmation_requested,
            Payload()
                .text("confirmationId", confirmation_id(action, evaluation))
                .text("actionId", action.id)
                .text("title", cut_text(shown.title.empty() ? action.type : shown.title, 80))
                .text("description",
                      cut_text(shown.description.empty()
                                   ? fmt::format("The agent wants to run {}.", action.type)
                                   : shown.description,
                               512))
                .text("severity", ruling.severity)
                .raw("scope", scope_json(shown))
                .text("preview", cut_text(shown.preview, 16'000))
                .text("argsHash", action.args_hash)
                .raw("allowedDecisions", decisions.take())
                .text("expiresAt", format_rfc3339(expires_at))
                .text("channel", ruling.by_voice ? "both" : "ui")
                .text("answerableBy", to_text(ruling.confirm_by))
                .take()};
}

ServerEvent awaiting(const Action& action, std::uint32_t evaluation, std::string_view reason,
                     WallTime expires_at) {
    return {server_id("act_awaiting", action.id, evaluation),
            EventType::orchestration_action_awaiting_confirmation,
            Payload()
                .text("actionId", action.id)
                .text("confirmationId", confirmation_id(action, evaluation))
                .text("reason", reason.empty() ? "confirmation_required" : cut_text(reason, 500))
                .text("expiresAt", format_rfc3339(expires_at))
                .take()};
}

ServerEvent confirmation_resolved(const Action& action, std::string_view decision,
                                  const contract::Actor& by, std::string_view via,
                                  std::string_view reason, std::string_view utterance_id) {
    contract::JsonWriter actor;
    actor.object().key("kind").value(by.kind).key("id").value(by.id).end();
    return {closed_id(action), EventType::safety_confirmation_resolved,
            Payload()
                .text("confirmationId", action.confirmation->id)
                .text("actionId", action.id)
                .text("decision", decision)
                .raw("by", actor.take())
                .text("via", via)
                .text("argsHash", action.confirmation->args_hash)
                .optional("utteranceId", utterance_id)
                .optional("reason", reason)
                .take()};
}

ServerEvent confirmation_expired(const Action& action) {
    return {closed_id(action), EventType::safety_confirmation_expired,
            Payload()
                .text("confirmationId", action.confirmation->id)
                .text("actionId", action.id)
                .text("cause", "no_answer")
                .take()};
}

ServerEvent confirmation_cancelled(const Action& action, std::string_view cause) {
    return {closed_id(action), EventType::safety_confirmation_cancelled,
            Payload()
                .text("confirmationId", action.confirmation->id)
                .text("actionId", action.id)
                .text("cause", cause)
                .take()};
}

ServerEvent confirmation_superseded(const Action& action, std::string_view by_confirmation) {
    return {closed_id(action), EventType::safety_confirmation_superseded,
            Payload()
                .text("confirmationId", action.confirmation->id)
                .text("actionId", action.id)
                .text("cause", "edited")
                .text("byConfirmationId", by_confirmation)
                .take()};
}

}  // namespace lifeline::call::events
