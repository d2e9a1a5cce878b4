#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "call/facts.h"
#include "contract/risk.h"
#include "contract/role.h"

namespace lifeline::call {

// Where an action stands (contract: the state machine of an action). Every change is an event.
enum class ActionState : std::uint8_t {
    accepted,               // Asked for and well formed; judged in the same batch, or
    evaluating,             // waiting for what its judgement rests on.
    awaiting_confirmation,  // A person was asked.
    approved,               // May run once: whoever claims it first.
    started,                // Claimed; what happens out there has begun.
    retrying,               // The last attempt failed; another may begin at retry_at.
    unknown,                // The executor was lost after it may have acted.
    over,                   // It has its one outcome.
};

std::string_view to_text(ActionState state);  // "awaiting_confirmation"

// Who may answer a confirmation: `answerableBy` of safety.confirmation.requested.
enum class Confirmer : std::uint8_t { owner, user, operator_ };

std::string_view to_text(Confirmer confirmer);
std::optional<Confirmer> confirmer_from(std::string_view text);

// The question that is open for an action. What a yes means is exactly `args_hash`.
struct Confirmation {
    std::string id;
    std::string args_hash;
    WallTime expires_at;
    Confirmer by = Confirmer::owner;
    bool may_edit = false;
    bool by_voice = false;
    std::string payload_json;  // Of the event that asked: what a page shows that comes later.
};

// One that was answered or is over otherwise: whoever answers second is told how.
struct ClosedConfirmation {
    std::string id;
    std::string action_id;
    std::string outcome;  // approve, deny, expired, cancelled, superseded
    std::string by;       // Who answered; empty where nobody did.
};

// The executor of what a participant's app does: it says the outcome by an event of its own.
constexpr std::string_view client_executor = "client";

// One action of a call, as its events made it. What is over keeps no more than what another request
// or a late outcome is held against.
struct Action {
    std::string id;
    std::string type;
    std::string requester;
    std::string turn_id;          // Of the agent's turn that asked for it; may be empty.
    std::string idempotency_key;  // May be empty.
    std::string content_digest;   // Of type and arguments as they were asked for.
    contract::Risk risk = contract::Risk::high_risk_external_send;
    ActionState state = ActionState::accepted;
    bool cancel_on_interrupt = false;
    std::string cancel_cause;  // Why it is wanted stopped that has started; empty: it is not.
    // Who said yes to these very arguments; empty where the policy alone let it begin.
    std::string approved_by;
    contract::Role approved_as = contract::Role::user;
    bool told = false;              // The agent has its result.
    std::uint32_t evaluations = 0;  // So far; they make the ids of decisions and confirmations.
    std::string policy_id;          // Of the last one.
    std::string policy_version;

    // While it is not over.
    std::string summary;
    std::string args_json;  // Canonical, as last replaced.
    std::string args_hash;
    std::optional<Confirmation> confirmation;
    std::optional<WallTime> evaluate_by;  // While it is evaluating: then it is blocked.
    Facts facts;                          // What the last judgement rested on.
    bool must_ask = false;                // Its arguments were replaced, and nobody saw them yet.
    std::string grant_id;                 // That allowed it; may be empty.
    std::uint32_t progress_told = 0;
    std::optional<WallTime> deadline;
    Millis deadline_after{0};
    std::string decision_id;  // That approved it.
    std::string executor;
    std::string run_by;       // Whose app runs it, of a client tool.
    bool repeatable = false;  // As its tool was when it was started.
    int attempt = 0;
    std::uint64_t fence = 0;  // seq of the newest orchestration.action.started
    WallTime started_at;
    WallTime lease_until;
    std::optional<WallTime> retry_at;
    std::optional<WallTime> probe_at;  // Unknown: from when on the tool is asked what came of it.

    // Once it is over: the last word of the type that said so ("succeeded"), or "duplicate"; and in
    // one word why, where that event says so.
    std::string outcome;
    std::string code;
    std::string duplicate_of;

    bool is_over() const { return state == ActionState::over; }
    bool cancel_asked() const { return !cancel_cause.empty(); }
};

// What may be claimed now or at retry_at.
inline bool claimable(const Action& action) {
    return action.state == ActionState::approved || action.state == ActionState::retrying;
}

}  // namespace lifeline::call
