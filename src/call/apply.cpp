#include <algorithm>

#include "base/check.h"
#include "call/apply_parts.h"
#include "call/deadlines.h"
#include "call/server_id.h"
#include "call/state.h"
#include "contract/json.h"

namespace lifeline::call {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

WallTime time_of(const Event& event) {
    const auto time = parse_rfc3339(event.ts());
    CHECK(time.has_value());
    return *time;
}

// When the service's event happened. Its ts is a claim: it can be no earlier than `earliest`, and
// no later than the moment at which the call would have failed without it.
WallTime believed(const State& state, const Event& event, WallTime earliest) {
    const WallTime claimed = time_of(event);
    if (made_by_server(event.id())) return claimed;
    const WallTime latest = later(state.created_at, state.connect_timeout);
    return std::clamp(claimed, earliest, std::max(earliest, latest));
}

std::string text(const Event& event, contract::Field name) {
    return event.has(name) ? std::string(event.text(name)) : std::string();
}

Millis millis(const Event& event, contract::Field name) {
    return Millis{event.has(name) ? event.integer(name) : 0};
}

void created(State& state, const Event& event) {
    state.status = Status::created;
    state.owner_id = text(event, field::call_created::owner_id);
    state.account_id = text(event, field::call_created::account_id);
    state.channel = text(event, field::call_created::channel);
    state.direction = text(event, field::call_created::direction);
    state.provider = text(event, field::call_created::provider);
    state.correlation_id = text(event, field::call_created::correlation_id);
    state.continues = text(event, field::call_created::continues);
    state.recording_consent_required = event.has(field::call_created::recording_consent_required) &&
                                       event.flag(field::call_created::recording_consent_required);
    if (event.has(field::call_created::metadata))
        state.metadata_json = event.raw(field::call_created::metadata);
    if (event.has(field::call_created::config))
        state.config_json = event.raw(field::call_created::config);
    state.request_digest = text(event, field::call_created::request_digest);
    state.connect_timeout = millis(event, field::call_created::connect_timeout_ms);
    state.max_duration = millis(event, field::call_created::max_duration_ms);
    state.reconnect_window = millis(event, field::call_created::reconnect_window_ms);
    state.created_at = time_of(event);
}

void started(State& state, const Event& event) {
    state.status = Status::active;
    state.phase = Phase::connecting;
    state.started_at = believed(state, event, state.created_at);
    if (event.has(field::call_started::provider))
        state.provider = text(event, field::call_started::provider);
    state.provider_ids = {text(event, field::call_started::provider_room_id),
                          text(event, field::call_started::provider_call_id),
                          text(event, field::call_started::provider_participant_id)};
}

// A provider may tell its ids one by one; each is told once.
void named(State& state, const Event& event) {
    const auto learn = [&](std::string_view key, std::string& known) {
        if (known.empty()) known = event.find_text(key).value_or("");
    };
    learn("provider", state.provider);
    learn("providerRoomId", state.provider_ids.room_id);
    learn("providerCallId", state.provider_ids.call_id);
    learn("providerParticipantId", state.provider_ids.participant_id);
}

void connected(State& state, const Event& event) {
    named(state, event);
    state.phase = Phase::connected;
    state.connected_at = believed(state, event, state.started_at.value_or(state.created_at));
}

void over(State& state, const Event& event, Status status, contract::Field reason) {
    state.status = status;
    state.phase = Phase::none;
    state.outage.reset();
    state.over_at = time_of(event);
    state.end_reason = text(event, reason);
    state.terminal_json = event.json();
}

std::string display_name(std::string_view identity) {
    if (identity.empty()) return {};
    const auto json = contract::Json::parse(identity);
    CHECK(json.has_value());
    return std::string(json->text("displayName").value_or(""));
}

void added(State& state, const Event& event) {
    const auto id = event.text(field::call_participant_added::participant_id);
    Participant* participant = state.participant(id);
    if (participant == nullptr) {
        participant = &state.participants.emplace_back();
        participant->id = id;
    }
    const auto role = contract::role_from(event.text(field::call_participant_added::role));
    CHECK(role.has_value());
    participant->role = *role;
    participant->name = display_name(event.raw(field::call_participant_added::identity));
    participant->removed = false;
    participant->joined = false;
    ++participant->additions;
}

// Whoever is spoken of was added before. Where that was erased, with their name, they are somebody
// who may look until the record of the erasure says what they were.
Participant& participant_of(State& state, std::string_view id) {
    if (Participant* known = state.participant(id)) return *known;
    Participant& unknown = state.participants.emplace_back();
    unknown.id = id;
    unknown.role = contract::Role::viewer;
    return unknown;
}

void line_changed(State& state, const Event& event) {
    Participant& participant = participant_of(
        state, event.text(field::call_participant_connection_changed::participant_id));
    participant.connected = event.flag(field::call_participant_connection_changed::connected);
    ++participant.line_changes;
}

void joined(State& state, const Event& event) {
    Participant& participant =
        participant_of(state, event.text(field::call_participant_joined::participant_id));
    participant.joined = true;
    ++participant.joins;
}

void left(State& state, const Event& event) {
    Participant& participant =
        participant_of(state, event.text(field::call_participant_left::participant_id));
    participant.joined = false;
    participant.removed = true;
    participant.connected = false;
    participant.recording_agreed = false;  // Who comes again is asked again.
}

void reconnecting(State& state, const Event& event) {
    const Phase before = state.outage ? state.outage->before : state.phase;
    state.outage = {.attempt = ++state.outages,
                    .since = time_of(event),
                    .deadline = std::nullopt,
                    .before = before};
    // What a service claims is a time it does not set; see deadline_warned.
    if (made_by_server(event.id()) && event.has(field::call_reconnecting::resume_deadline))
        state.outage->deadline =
            parse_rfc3339(event.text(field::call_reconnecting::resume_deadline));
    state.phase = Phase::reconnecting;
}

void reconnected(State& state) {
    if (!state.outage) return;
    state.phase = state.outage->before;
    state.outage.reset();
}

// By a request, without a socket of their own: they are there as long as others wait for one who
// was.
void spoke(State& state, const Event& event, std::string_view actor_id) {
    const Participant* speaker = state.participant(actor_id);
    if (made_by_server(event.id()) && speaker != nullptr && state.waits_for(*speaker))
        state.spoke_at = time_of(event);
}

void deadline_warned(State& state, const Event& event) {
    const auto kind = event.text(field::call_deadline_warning::kind);
    if (kind == "max_duration") state.duration_warned = true;
    if (kind == "reconnect_window" && state.outage)
        state.outage->deadline =
            parse_rfc3339(event.text(field::call_deadline_warning::deadline_at));
}

void invited(State& state, const Event& event) {
    const auto role = contract::role_from(event.text(field::call_invite_created::role));
    const auto expires = parse_rfc3339(event.text(field::call_invite_created::expires_at));
    CHECK(role && expires);
    const std::int64_t uses = event.integer(field::call_invite_created::uses);
    state.invites.push_back({.id = text(event, field::call_invite_created::invite_id),
                             .role = *role,
                             .uses = uses,
                             .uses_left = uses,
                             .expires_at = *expires,
                             .lives = millis(event, field::call_invite_created::ttl_ms)});
}

Invite& invite_of(State& state, std::string_view id) {
    const auto found = std::ranges::find(state.invites, id, &Invite::id);
    CHECK(found != state.invites.end());
    return *found;
}

void turn_over(State& state, std::string_view turn_id) {
    std::erase_if(state.open_turns, [&](const OpenTurn& one) { return one.id == turn_id; });
    if (!state.turn_is_over(turn_id)) state.closed_turns.push_back(id_hash(turn_id));
}

}  // namespace

void apply(State& state, const Event& event, std::string_view actor_id, std::uint64_t seq) {
    state.head = seq;
    switch (event.type()) {
        case EventType::call_created:
            return created(state, event);
        case EventType::call_started:
            return started(state, event);
        case EventType::call_connecting:
            return named(state, event);
        case EventType::call_connected:
            return connected(state, event);
        case EventType::call_hold_changed:
            state.phase =
                event.flag(field::call_hold_changed::held) ? Phase::held : Phase::connected;
            return;
        case EventType::call_ended:
            return over(state, event, Status::ended, field::call_ended::end_reason);
        case EventType::call_terminal_failure:
            return over(state, event, Status::failed, field::call_terminal_failure::code);
        case EventType::call_participant_added:
            return added(state, event);
        case EventType::call_participant_joined:
            return joined(state, event);
        case EventType::call_participant_left:
            return left(state, event);
        case EventType::call_participant_connection_changed:
            return line_changed(state, event);
        case EventType::call_invite_created:
            return invited(state, event);
        case EventType::call_invite_revoked:
            invite_of(state, event.text(field::call_invite_revoked::invite_id)).revoked = true;
            return;
        case EventType::call_invite_redeemed:
            --invite_of(state, event.text(field::call_invite_redeemed::invite_id)).uses_left;
            return;
        case EventType::call_reconnecting:
            return reconnecting(state, event);
        case EventType::call_reconnected:
            return reconnected(state);
        case EventType::call_deadline_warning:
            return deadline_warned(state, event);
        case EventType::transcript_utterance_started:
        case EventType::transcript_partial:
        case EventType::transcript_truncated:
        case EventType::transcript_failed:
        case EventType::transcript_corrected:
        case EventType::transcript_redacted:
            return folds::of_speech(state, event, actor_id, seq);
        case EventType::transcript_final:
            spoke(state, event, actor_id);
            return folds::of_speech(state, event, actor_id, seq);
        case EventType::orchestration_deliverable_updated:
            return folds::of_documents(state, event);
        case EventType::orchestration_mode_changed:
            return folds::of_modes(state, event);
        case EventType::orchestration_turn_started:
            state.open_turns.push_back({text(event, field::orchestration_turn_started::turn_id),
                                        std::string(actor_id), time_of(event)});
            return;
        case EventType::orchestration_turn_completed:
            return turn_over(state, event.text(field::orchestration_turn_completed::turn_id));
        case EventType::orchestration_turn_failed:
            return turn_over(state, event.text(field::orchestration_turn_failed::turn_id));
        case EventType::orchestration_turn_cancelled:
            return turn_over(state, event.text(field::orchestration_turn_cancelled::turn_id));
        case EventType::record_erased:
            return folds::of_erasure(state, event);
        default:
            // Or recorded, and of no consequence for what may happen next.
            return folds::of_actions(state, event, actor_id, seq);
    }
}

}  // namespace lifeline::call
