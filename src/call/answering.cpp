#include <fmt/format.h>

#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/args_hash.h"
#include "call/rules.h"
#include "contract/canonical.h"

namespace lifeline::call::rules {

namespace {

using contract::Role;

bool can_answer(const Participant& participant) {
    return participant.role == Role::user && !participant.removed;
}

// Not open any more, or never was: whoever comes second is told what was decided.
std::unexpected<Error> not_open(const State& state, const AnswerConfirmation& answer) {
    const ClosedConfirmation* closed = state.closed_confirmation(answer.confirmation_id);
    if (closed == nullptr)
        return fail(Code::not_found, "confirmation_not_found", "no such confirmation");
    if (closed->outcome == "expired")
        return fail(Code::gone, "confirmation_expired", "nobody answered in time");
    return fail(Code::conflict, "stale",
                closed->by.empty() ? fmt::format("it is {}", closed->outcome)
                                   : fmt::format("{} said {}", closed->by, closed->outcome));
}

// Asked again with what the person made of it, whatever the policy says of that: what was typed is
// not yet what was seen as it would be sent.
Result<Decision> edit(const State& state, const Action& action, const AnswerConfirmation& answer,
                      const Command& from, WallTime now, const Judge& judge) {
    if (!action.confirmation->may_edit)
        return fail(Code::malformed, "decision_not_allowed", "it can be approved or denied only",
                    "/payload/decision");
    if (answer.args_json.empty())
        return fail(Code::malformed, "missing_field", "edit comes with the new arguments",
                    "/payload/args");
    if (const auto fits = judge.check_args(action.type, answer.args_json); !fits)
        return fail(fits.error());
    Action edited = action;
    edited.args_json = contract::canonical_json(answer.args_json);
    edited.args_hash = args_hash(action.id, action.type, edited.args_json);
    edited.approved_by.clear();
    edited.must_ask = true;
    edited.facts.engine.reset();  // It spoke of other arguments.
    Decision decision;
    decision.events.push_back(events::args_replaced(edited, from.actor.id));
    judge_action(edited, ruling_on(state, edited, now, judge), now, judge, decision.events);
    return decision;
}

}  // namespace

Decision approve(const Action& action, const Command& from, std::string_view via,
                 std::string_view reason, std::string_view utterance_id) {
    const std::string decision = events::decision_id(action, action.evaluations);
    return {
        {events::confirmation_resolved(action, "approve", from.actor, via, reason, utterance_id),
         events::allowed_by_person(action, from.actor), events::approved(action, decision)}};
}

Decision deny(const Action& action, const Command& from, std::string_view via,
              std::string_view reason, std::string_view utterance_id) {
    return {{events::confirmation_resolved(action, "deny", from.actor, via, reason, utterance_id),
             events::cancelled(action, "denied")}};
}

bool may_confirm(const State& state, Confirmer wanted, std::string_view who, Role role) {
    if (wanted == Confirmer::operator_) return role == Role::operator_ || role == Role::admin;
    const Participant* participant = state.participant(who);
    if (role != Role::user || participant == nullptr || !can_answer(*participant)) return false;
    return wanted == Confirmer::user || who == state.owner_id || !owner_is_a_person(state);
}

bool somebody_may_confirm(const State& state, Confirmer wanted) {
    // An account's operators are always within reach.
    if (wanted == Confirmer::operator_) return true;
    if (wanted == Confirmer::owner && owner_is_a_person(state))
        return can_answer(*state.participant(state.owner_id));
    return std::ranges::any_of(state.participants, [](const Participant& participant) {
        return can_answer(participant) && !is_key(participant.id);
    });
}

Result<Decision> answer_confirmation(const State& state, const AnswerConfirmation& answer,
                                     const Command& from, std::string_view via, WallTime now,
                                     const Judge& judge) {
    if (const auto here = in_the_call(state, from); !here) return fail(here.error());
    const Action* action = state.action_asking(answer.confirmation_id);
    if (action == nullptr) {
        const ClosedConfirmation* closed = state.closed_confirmation(answer.confirmation_id);
        // The same answer again: the first reply was lost on its way.
        if (closed != nullptr && closed->by == from.actor.id && closed->outcome == answer.decision)
            return Decision{};
        return not_open(state, answer);
    }
    const Confirmation& asked = *action->confirmation;
    if (!may_confirm(state, asked.by, from.actor.id, from.role))
        return fail(Code::not_allowed, "confirmation_forbidden",
                    fmt::format("only {} may answer this",
                                asked.by == Confirmer::owner  ? "the owner of the call"
                                : asked.by == Confirmer::user ? "a user of the call"
                                                              : "an operator of the account"));
    if (now >= asked.expires_at)
        return fail(Code::gone, "confirmation_expired", "the time to answer is over");
    if (answer.args_hash != asked.args_hash)
        return fail(Code::conflict, "args_changed", "this is not what would be done now",
                    "/payload/argsHash");
    if (answer.decision == "edit") return edit(state, *action, answer, from, now, judge);
    if (!answer.args_json.empty())
        return fail(Code::malformed, "decision_not_allowed", "arguments come with edit",
                    "/payload/args");
    return answer.decision == "approve" ? approve(*action, from, via, answer.reason)
                                        : deny(*action, from, via, answer.reason);
}

}  // namespace lifeline::call::rules
