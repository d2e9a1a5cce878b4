// Actions, of whichever agent, and what became of them.
#include "agent/conversation.h"

#include "agent/event_text.h"
#include "contract/json.h"

namespace lifeline::agent {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

ActionRecord* Conversation::find_action(std::string_view id) {
    const auto known = actions_.find(std::string(id));
    return known == actions_.end() ? nullptr : &known->second->action;
}

void Conversation::over(ActionRecord& action, std::string_view outcome, std::string detail,
                        WallTime at) {
    action.state = ActionRecord::State::over;
    action.outcome = outcome;
    action.detail = std::move(detail);
    action.over_seq = seq_;
    action.over_at = at;
    // What was found out later about an unknown outcome is news again.
    if (action.told && outcome != "unknown") action.told = false;
}

void Conversation::take_action(const Event& event, std::string_view actor_id, WallTime at) {
    const std::string id = text_of(event, "actionId");
    if (event.type() == EventType::orchestration_action_requested) {
        namespace f = field::orchestration_action_requested;
        Entry entry;
        entry.kind = Kind::action;
        entry.action.id = id;
        entry.action.type = text_of(event, "actionType");
        entry.action.summary = text_of(event, "summary");
        if (event.has(f::args)) entry.action.args_json = event.raw(f::args);
        entry.action.requester = actor_id;
        entry.action.seq = seq_;
        if (event.has(f::requested_by))
            if (const auto by = contract::Json::parse(event.raw(f::requested_by)))
                entry.action.turn_id = by->text("turnId").value_or("");
        entries_.push_back(std::move(entry));
        actions_[id] = std::prev(entries_.end());
        return;
    }
    ActionRecord* action = find_action(id);
    if (action == nullptr) return;
    using State = ActionRecord::State;
    switch (event.type()) {
        case EventType::orchestration_action_accepted:
            action->duplicate_of = text_of(event, "duplicateOf");
            if (const ActionRecord* first = find_action(action->duplicate_of);
                first != nullptr && first->is_over()) {
                over(*action, first->outcome, first->detail, at);
                action->result_json = first->result_json;
            }
            break;
        case EventType::orchestration_action_rejected:
            over(*action, "rejected", text_of(event, "code") + ": " + text_of(event, "message"),
                 at);
            break;
        case EventType::orchestration_action_awaiting_confirmation:
            action->state = State::waiting;
            action->confirmation_id = text_of(event, "confirmationId");
            break;
        case EventType::orchestration_action_args_replaced:
            action->args_json = event.raw(field::orchestration_action_args_replaced::args);
            break;
        case EventType::orchestration_action_approved:
        case EventType::orchestration_action_started:
            action->state = State::running;
            break;
        case EventType::orchestration_action_succeeded: {
            namespace f = field::orchestration_action_succeeded;
            over(*action, "succeeded", text_of(event, "resultSummary"), at);
            if (event.has(f::result)) action->result_json = event.raw(f::result);
            break;
        }
        case EventType::orchestration_action_failed:
            over(*action, "failed", text_of(event, "code") + ": " + text_of(event, "message"), at);
            break;
        case EventType::orchestration_action_attempt_failed:
            action->last_attempt = text_of(event, "code") + ": " + text_of(event, "message");
            break;
        // Its time may have run out while it waited for another attempt.
        case EventType::orchestration_action_timed_out:
            over(*action, "timed_out", action->last_attempt, at);
            break;
        case EventType::orchestration_action_cancelled: {
            const std::string cause = text_of(event, "cause");
            const bool said_so = cause == "denied" || cause == "expired";
            over(*action, said_so ? cause : "cancelled", said_so ? "" : cause, at);
            break;
        }
        case EventType::orchestration_action_outcome_unknown:
            over(*action, "unknown", text_of(event, "lastKnown"), at);
            break;
        case EventType::orchestration_action_resolved: {
            const std::string how = text_of(event, "resolution");
            over(*action, how == "succeeded" ? "succeeded" : "failed",
                 how + ": " + text_of(event, "evidence"), at);
            break;
        }
        case EventType::safety_blocked:
            over(*action, "blocked",
                 text_of(event, "reason") + ": " + text_of(event, "userMessage"), at);
            break;
        case EventType::orchestration_result_delivered:
            if (text_of(event, "target") == "model") action->told = true;
            break;
        default:
            break;
    }
    if (!action->is_over()) return;
    made_document(*action);
    // Those that stand for the same have the same end.
    for (Entry& entry : entries_)
        if (entry.kind == Kind::action && entry.action.duplicate_of == action->id &&
            !entry.action.is_over()) {
            over(entry.action, action->outcome, action->detail, at);
            entry.action.result_json = action->result_json;
        }
}

// A document that an action made has the title that it was asked to have.
void Conversation::made_document(const ActionRecord& action) {
    if (action.type != "document.create" || action.outcome != "succeeded") return;
    const auto result = contract::Json::parse(action.result_json);
    const auto args = contract::Json::parse(action.args_json);
    if (!result || !args) return;
    const auto id = result->text("documentId");
    DocumentRecord* made = id ? document(*id) : nullptr;
    if (made == nullptr) return;
    made->title = args->text("title").value_or("");
    if (made->kind.empty()) made->kind = args->text("kind").value_or("");
}

}  // namespace lifeline::agent
