#include "explain/sentence.h"

#include <algorithm>
#include <iterator>

namespace lifeline::explain {

namespace {

using T = contract::EventType;
using enum Kind;
using enum Severity;

constexpr Sentence sentences[] = {
    {T::call_created, call, info,
     "{@ownerId}'s call was created, channel {channel}[, going on from {continues}]"},
    {T::call_started, call, info, "the call started, carried by {provider}"},
    {T::call_connecting, call, info, "the line is being set up[, attempt {attempt}]"},
    {T::call_connected, call, info, "the line stands"},
    {T::call_hold_changed, call, info,
     "{@by} {?held|put the call on hold|took the call back from hold}[: {\"reason}]"},
    {T::call_deadline_warning, call, warning, "the call will be ended in {~remainingMs}: {kind}"},
    {T::call_end_requested, call, info, "{@} asked to end the call[: {reason}]"},
    {T::call_ended, call, info,
     "the call ended after {durationSeconds} s: {endReason}[, asked for by {@by}][, "
     "{\"endDetail}]"},
    {T::call_terminal_failure, call, error, "the call failed: {code}, {\"message}"},
    {T::call_error, call, warning, "something went wrong[ in {origin}]: {code}, {\"message}"},
    {T::call_dtmf_received, call, info, "{@participantId} pressed {digits}"},
    {T::call_transfer_requested, call, info, "the call is to be handed to {target}, {mode}"},
    {T::call_transfer_completed, call, info, "{target} has taken the call"},
    {T::call_transfer_failed, call, warning, "the call could not be handed to {target}: {code}"},
    {T::call_recording_started, call, info, "recording {recordingId} began"},
    {T::call_recording_stopped, call, info, "recording {recordingId} ended"},
    {T::call_recording_available, call, info,
     "recording {recordingId} of {~durationMs} can be fetched"},
    {T::call_summary_ready, call, info, "{model} wrote a summary"},
    {T::call_voice_config_updated, call, info, "{@} changed how the voice sounds"},
    {T::call_speech_changed, call, info, ""},
    {T::call_quality_reported, call, info, ""},
    {T::record_erased, call, info,
     "{events} events were erased[, of {@participantId} alone]: {because}"},
    {T::orchestration_agent_handoff, call, info, "{from} handed over to {to}: {\"reason}"},
    {T::orchestration_mode_changed, call, info, "mode {mode} was {state}: {\"reason}"},

    {T::call_participant_added, people, info,
     "{@participantId} may join as {role}[, let in by {@by}]"},
    {T::call_participant_joined, people, info, "{@participantId} joined as {role}"},
    {T::call_participant_left, people, info, "{@participantId} left: {reason}"},
    {T::call_invite_created, people, info,
     "{@by} made invite {inviteId} for role {role}, good {uses} times until {expiresAt}"},
    {T::call_invite_redeemed, people, info, "{@participantId} came by invite {inviteId}"},
    {T::call_invite_revoked, people, info, "{@by} took back invite {inviteId}"},

    {T::call_participant_connection_changed, outages, info,
     "{?connected|the line stands again|the line was lost}"},
    {T::call_reconnecting, outages, warning,
     "nobody is connected whom the call waits for[: {lossReason}]"},
    {T::call_reconnected, outages, info, "the call goes on after {~outageMs}"},

    {T::transcript_utterance_started, speech, info, ""},
    {T::transcript_partial, speech, info, ""},
    {T::transcript_final, speech, info, ""},
    {T::transcript_truncated, speech, info, ""},
    {T::transcript_corrected, speech, info, "{@by} corrected what was said"},
    {T::transcript_redacted, speech, info,
     "{@by} had parts of what was said destroyed, as policy {policyId} wants it"},
    {T::transcript_failed, speech, warning,
     "something was said that could not be understood: {code}, {\"message}"},
    {T::transcript_snapshot_created, other, info,
     "the transcript up to event {upToSeq} was digested"},

    {T::orchestration_turn_started, turns, info,
     "{@} began to answer[ with {model}][, attempt {attempt}]"},
    {T::orchestration_turn_delta, turns, info, ""},
    {T::orchestration_turn_completed, turns, info, "whole after {~durationMs}: {stopReason}"},
    {T::orchestration_turn_cancelled, turns, info, "stopped after {~durationMs}: {cause}"},
    {T::orchestration_turn_failed, turns, error, "failed after {~durationMs}: {code}, {\"message}"},
    {T::orchestration_intent_detected, turns, info,
     "the person wants {intent}, as {@} understands it"},
    {T::call_turn_interrupted, turns, info,
     "{@by} spoke over it; {~playedMs} of it had been heard"},
    {T::call_turn_owner_changed, turns, info, "the floor is the {owner}'s[: {cause}]"},
    {T::call_turn_timing, turns, info, "{~totalMs} from the end of speech to the first sound"},

    {T::orchestration_action_proposed, actions, info, "{@} thought of it: {\"summary}"},
    {T::orchestration_action_requested, actions, info,
     "asked for by {@}[ in turn {requestedBy.turnId}]"},
    {T::orchestration_action_accepted, actions, info,
     "taken on[ as {risk}][; it is the same as {duplicateOf}, whose outcome is its own]"},
    {T::orchestration_action_rejected, actions, warning, "turned down: {code}, {\"message}"},
    {T::orchestration_action_awaiting_confirmation, actions, info, ""},
    {T::orchestration_action_args_replaced, actions, info, "{@by} changed what is to be done"},
    {T::orchestration_action_approved, actions, info, ""},
    {T::orchestration_action_started, actions, info,
     "given to {executor}[, run by {@participantId}], attempt {attempt}"},
    {T::orchestration_action_attempt_failed, actions, warning,
     "attempt {attempt} failed: {code}, {\"message}; the next begins at {willRetryAt}"},
    {T::orchestration_action_progress, actions, info, ""},
    {T::orchestration_action_outcome_reported, actions, info, "{@} said what came of it"},
    {T::orchestration_action_succeeded, actions, info,
     "done in {~durationMs}[: {\"resultSummary}][, effect {effectId}]"},
    {T::orchestration_action_failed, actions, warning,
     "failed at attempt {attempt}: {code}, {\"message}"},
    {T::orchestration_action_timed_out, actions, warning, "its time of {~deadlineMs} was over"},
    {T::orchestration_action_cancel_requested, actions, info,
     "{@} wanted it stopped[: {cause}][, {\"reason}]"},
    {T::orchestration_action_cancelled, actions, info, "cancelled: {cause}"},
    {T::orchestration_action_outcome_unknown, actions, warning,
     "nobody knows what came of it: {\"lastKnown}[; the tool is asked at {probeAt}]"},
    {T::orchestration_action_resolved, actions, info,
     "{@by} found out what came of it: {resolution}, {\"evidence}"},
    {T::orchestration_action_compensated, actions, info,
     "undone by {compensationActionId}: {result}"},
    {T::orchestration_result_delivered, actions, info, "told to the {target}: {status}"},

    {T::orchestration_deliverable_updated, documents, info,
     "document {documentId}[ {\"title}] is at revision {rev}, by {@by}[; {?unshared|it is no "
     "longer shared with this call|it is shared}]"},

    {T::safety_evaluation_requested, safety, info, "its judgement waits for {needs}"},
    {T::safety_evaluated, safety, info,
     "judged by policy {policyId}, version {policyVersion}[, by rules {rules}]: {outcome}[; the "
     "engine said {engine.outcome}]"},
    {T::safety_approved, safety, info, ""},
    {T::safety_blocked, safety, warning,
     "blocked by policy {policyId}: {reason}[, {\"userMessage}]"},
    {T::safety_confirmation_requested, safety, info,
     "a person is asked[ ({answerableBy})]: {\"title}[ To {scope.target}.] Until {expiresAt}"},
    {T::safety_confirmation_answered, safety, info, ""},
    {T::safety_confirmation_resolved, safety, info,
     "{@by.id} answered {decision}, by {via}[: {\"reason}]"},
    {T::safety_confirmation_expired, safety, warning, "nobody answered in time: {cause}"},
    {T::safety_confirmation_cancelled, safety, info, "the question fell away: {cause}"},
    {T::safety_confirmation_superseded, safety, info, "another question took its place: {cause}"},
    {T::safety_override_recorded, safety, warning,
     "{@by} decided against the policy: {\"justification}"},
    {T::safety_grant_created, safety, info,
     "{@by} allows {actionType} without asking until {expiresAt}[, {maxUses} times]"},
    {T::safety_grant_revoked, safety, info, "{@by} took back grant {grantId}"},
    {T::safety_killswitch_changed, safety, warning,
     "{@by} {?enabled|stopped|let go again} all actions ({scope}): {\"reason}"},
    {T::safety_content_flagged, safety, warning, "a filter noticed {categories}: {action}"},
    {T::call_consent_updated, safety, info, "{@by} said about {subject}: {state}"},

    {T::billing_usage_reported, other, info, "used [{quantity} ]{unit} of {meter}"},
    {T::billing_usage_reconciled, other, info, "a usage report was put right: {quantity}"},
    {T::billing_usage_measured, other, info, ""},
    {T::billing_usage_tick, other, info, ""},
    {T::billing_cost_estimated, other, info, ""},
    {T::billing_quota_denied, other, warning,
     "quota {quota} is used up for {subject}: {current} of {limit}"},
    {T::billing_budget_warning, other, warning, "budget of {meterId}: {\"message}"},
    {T::billing_meter_started, other, info, ""},
    {T::billing_meter_paused, other, info, ""},
    {T::billing_meter_resumed, other, info, ""},
    {T::billing_metering_stopped, other, info, "meter {meterId} stopped: {reason}"},
};

constexpr Sentence application{T::custom, other, info, "the application's {#}, by {@}"};

}  // namespace

const Sentence& sentence_of(contract::EventType type) {
    const auto* const known = std::ranges::find(sentences, type, &Sentence::type);
    return known != std::end(sentences) ? *known : application;
}

std::string say(const Recorded& recorded, const Cast& cast) {
    if (recorded.event == nullptr) return "(erased)";
    const std::string_view form = sentence_of(recorded.event->type()).form;
    return form.empty() ? std::string() : fill(form, recorded, cast);
}

}  // namespace lifeline::explain
