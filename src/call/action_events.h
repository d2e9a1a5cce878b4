#pragma once

#include <string>
#include <string_view>

#include "call/action.h"
#include "call/command.h"
#include "call/decide.h"
#include "call/judge.h"

// The events of an action's life, made of what is known of it. Every way of being over has the same
// event id: whatever happens twice, an action has one outcome.
namespace lifeline::call::events {

// The ids that the n-th evaluation of an action gives.
std::string decision_id(const Action& action, std::uint32_t evaluation);
std::string confirmation_id(const Action& action, std::uint32_t evaluation);

// The event that says whether it was accepted, and the one that is its end: for whoever looks them
// up by their ids.
std::string answer_event_id(std::string_view action_id);
std::string end_event_id(std::string_view action_id);

ServerEvent accepted(const Action& action, std::string_view policy_version);
ServerEvent rejected(std::string_view action_id, std::string_view code, std::string_view message);
ServerEvent evaluated(const Action& action, std::uint32_t evaluation, const Ruling& ruling);
ServerEvent evaluation_requested(const Action& action, std::uint32_t evaluation, const Needs& needs,
                                 WallTime evaluate_by);
ServerEvent blocked(const Action& action, std::uint32_t evaluation, const Ruling& ruling);
// By the policy itself, or by a person who answered `confirmation`.
ServerEvent allowed_by_policy(const Action& action, std::uint32_t evaluation, const Ruling& ruling);
ServerEvent allowed_by_person(const Action& action, const contract::Actor& by);
ServerEvent approved(const Action& action, std::string_view decision);

ServerEvent confirmation_requested(const Action& action, std::uint32_t evaluation,
                                   const Ruling& ruling, const Shown& shown, WallTime expires_at);
ServerEvent awaiting(const Action& action, std::uint32_t evaluation, std::string_view reason,
                     WallTime expires_at);
ServerEvent confirmation_resolved(const Action& action, std::string_view decision,
                                  const contract::Actor& by, std::string_view via,
                                  std::string_view reason, std::string_view utterance_id = {});
ServerEvent confirmation_expired(const Action& action);
ServerEvent confirmation_cancelled(const Action& action, std::string_view cause);
ServerEvent confirmation_superseded(const Action& action, std::string_view by_confirmation);
ServerEvent args_replaced(const Action& action, std::string_view by);

// `run_by`: whose app runs it, of a client tool.
ServerEvent started(const Action& action, const ToolFacts& tool, std::string_view run_by,
                    WallTime lease_until);
ServerEvent progress(const Action& action, std::string_view message, std::optional<double> percent);
ServerEvent succeeded(const Action& action, const FinishAction& how);
ServerEvent attempt_failed(const Action& action, std::string_view code, std::string_view message,
                           WallTime retry_at);
ServerEvent failed(const Action& action, std::string_view code, std::string_view message);
ServerEvent timed_out(const Action& action);
ServerEvent cancelled(const Action& action, std::string_view cause);
// What no participant's own event asks for: by REST, or because of an interruption.
ServerEvent cancel_asked(const Action& action, std::string_view cause);
ServerEvent outcome_unknown(const Action& action, std::string_view last_known,
                            std::optional<WallTime> probe_at);
ServerEvent resolved(const Action& action, const ResolveAction& how, std::string_view by);

}  // namespace lifeline::call::events
