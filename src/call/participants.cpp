#include <fmt/format.h>

#include <algorithm>

#include "call/action_rules.h"
#include "call/deadlines.h"
#include "call/payload.h"
#include "call/rules.h"
#include "call/server_id.h"
#include "contract/limits.h"

namespace lifeline::call::rules {

namespace {

using contract::EventType;

constexpr std::size_t participants_max = contract::limits::participants_max;
// Who was removed stays in the record, so that they are known when they come back.
constexpr std::size_t participants_ever_max = 512;
constexpr std::size_t invites_max = 256;

std::unexpected<Error> over(const State& state) {
    return fail(Code::gone, "session_over", fmt::format("the call is {}", to_text(state.status)));
}

// Who was removed takes nobody's place.
std::size_t who_may_be_here(const State& state) {
    return static_cast<std::size_t>(
        std::ranges::count(state.participants, false, &Participant::removed));
}

Result<void> has_room(const State& state, std::string_view who) {
    if (who_may_be_here(state) >= participants_max)
        return fail(Code::overloaded, "participants_full", "this call is full");
    if (state.participant(who) == nullptr && state.participants.size() >= participants_ever_max)
        return fail(Code::overloaded, "limit_exceeded",
                    fmt::format("{} people have been in this call: go on with others in a new call",
                                participants_ever_max));
    return {};
}

ServerEvent connection_changed(const State& state, const Participant& participant, bool connected,
                               std::uint32_t change) {
    return {server_id("line", participant.id, change),
            EventType::call_participant_connection_changed,
            Payload()
                .text("callId", state.id)
                .text("participantId", participant.id)
                .flag("connected", connected)
                .integer("connections", connected ? 1 : 0)
                .take()};
}

}  // namespace

ServerEvent added(const State& state, const Member& member, std::string_view by) {
    const Participant* known = state.participant(member.user_id);
    return {server_id("added", member.user_id, known ? known->additions + 1 : 1),
            EventType::call_participant_added,
            Payload()
                .text("callId", state.id)
                .text("participantId", member.user_id)
                .text("role", contract::to_text(member.role))
                .identity(member.name)
                .optional("by", by)
                .take()};
}

Result<Decision> add_participant(const State& state, const AddParticipant& command,
                                 const Command& from) {
    if (state.over()) return over(state);
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    if (const auto allowed = may_give(command.member.role, from, "/role"); !allowed)
        return fail(allowed.error());
    const Participant* known = state.participant(command.member.user_id);
    if (known != nullptr && !known->removed) {
        if (known->role == command.member.role) return Decision{};
        return fail(Code::conflict, "participant_conflict",
                    "this user is in the call under another role", "/role");
    }
    if (const auto room = has_room(state, command.member.user_id); !room) return fail(room.error());
    Decision decision;
    decision.events.push_back(added(state, command.member, from.actor.id));
    return decision;
}

Result<Decision> remove_participant(const State& state, const RemoveParticipant& command,
                                    const Command& from, WallTime now) {
    // Everybody may go.
    const bool leaves = command.participant_id == from.actor.id;
    if (const auto allowed = may_manage(state, from); !leaves && !allowed)
        return fail(allowed.error());
    const Participant* known = state.participant(command.participant_id);
    if (known == nullptr)
        return fail(Code::not_found, "participant_not_found", "no such participant in this call");
    if (known->removed) return Decision{};
    if (state.over()) return over(state);
    if (known->id == state.owner_id)
        return fail(Code::conflict, "participant_conflict", "the owner leaves by ending the call");
    Decision decision;
    decision.events.push_back(
        {server_id("left", known->id, known->additions), EventType::call_participant_left,
         Payload()
             .text("callId", state.id)
             .text("participantId", known->id)
             .text("role", contract::to_text(known->role))
             .text("reason", command.reason.empty() ? "removed" : command.reason)
             .take()});
    line_lost(state, *known, "removed", now, decision.events);
    return decision;
}

Result<Decision> create_invite(const State& state, const CreateInvite& command, const Command& from,
                               WallTime now) {
    if (state.over()) return over(state);
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    if (const auto allowed = may_give(command.role, from, "/role"); !allowed)
        return fail(allowed.error());
    if (const Invite* known = state.invite(command.invite_id)) {
        const bool same = known->role == command.role && known->uses == command.uses &&
                          (known->lives == command.lives || known->lives == Millis{0});
        if (same) return Decision{};
        return fail(Code::conflict, "id_conflict",
                    "this Idempotency-Key was used for another invite");
    }
    if (state.invites.size() >= invites_max)
        return fail(
            Code::overloaded, "limit_exceeded",
            fmt::format("this call has had all its {} invites: share one that still works, or "
                        "go on in a new call",
                        invites_max));
    Decision decision;
    decision.events.push_back({server_id("invite", command.invite_id),
                               EventType::call_invite_created,
                               Payload()
                                   .text("callId", state.id)
                                   .text("inviteId", command.invite_id)
                                   .text("role", contract::to_text(command.role))
                                   .integer("uses", command.uses)
                                   .text("expiresAt", format_rfc3339(later(now, command.lives)))
                                   .integer("ttlMs", command.lives.count())
                                   .text("by", from.actor.id)
                                   .take()});
    return decision;
}

Result<Decision> revoke_invite(const State& state, const RevokeInvite& command,
                               const Command& from) {
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    const Invite* invite = state.invite(command.invite_id);
    if (invite == nullptr) return fail(Code::not_found, "invite_invalid", "no such invite");
    if (invite->revoked) return Decision{};
    if (state.over()) return over(state);
    Decision decision;
    decision.events.push_back({server_id("invite_revoked", command.invite_id),
                               EventType::call_invite_revoked,
                               Payload()
                                   .text("callId", state.id)
                                   .text("inviteId", command.invite_id)
                                   .text("by", from.actor.id)
                                   .take()});
    return decision;
}

Result<Decision> redeem_invite(const State& state, const RedeemInvite& command, WallTime now) {
    if (state.over()) return over(state);
    const Invite* invite = state.invite(command.invite_id);
    if (invite == nullptr || invite->revoked || now >= invite->expires_at)
        return fail(Code::not_found, "invite_invalid", "this invite is not valid (any more)");
    const Participant* known = state.participant(command.guest.user_id);
    if (known != nullptr && known->removed)
        return fail(Code::not_found, "invite_invalid", "this guest was removed from the call");
    if (known != nullptr && known->name != command.guest.name)
        return fail(Code::conflict, "id_conflict",
                    "this Idempotency-Key was used for a guest of another name", "/displayName");
    if (known != nullptr) return Decision{};
    if (invite->uses_left <= 0)
        return fail(Code::not_found, "invite_invalid", "this invite has been used up");
    if (const auto room = has_room(state, command.guest.user_id); !room) return fail(room.error());
    Member guest = command.guest;
    guest.role = invite->role;
    Decision decision;
    decision.events.push_back({server_id("redeemed", guest.user_id, 1),
                               EventType::call_invite_redeemed,
                               Payload()
                                   .text("callId", state.id)
                                   .text("inviteId", invite->id)
                                   .text("participantId", guest.user_id)
                                   .take()});
    decision.events.push_back(added(state, guest, guest.user_id));
    return decision;
}

Result<Decision> line_changed(const State& state, const LineChanged& command, WallTime now) {
    const Participant* participant = state.participant(command.participant_id);
    // Who watches without being in the call (an operator, an auditor) leaves no trace in it.
    if (participant == nullptr || participant->removed) return Decision{};
    Decision decision;
    if (!state.open() || participant->connected == command.connected) return decision;
    // Without a media provider a call runs from the first user's connection on.
    if (command.connected && state.status == Status::created && !state.held_by_provider() &&
        participant->role == contract::Role::user)
        start(state, SetStatus{}, true, now, decision.events);
    if (command.connected && !participant->joined)
        decision.events.push_back({server_id("joined", participant->id, participant->joins + 1),
                                   EventType::call_participant_joined,
                                   Payload()
                                       .text("callId", state.id)
                                       .text("participantId", participant->id)
                                       .text("role", contract::to_text(participant->role))
                                       .identity(participant->name)
                                       .take()});
    decision.events.push_back(
        connection_changed(state, *participant, command.connected, participant->line_changes + 1));
    if (command.connected) {
        line_back(state, *participant, now, decision.events);
    } else {
        line_lost(state, *participant, command.why, now, decision.events);
    }
    return decision;
}

Result<Decision> recovered(const State& state, WallTime now, const Judge& judge) {
    Decision decision;
    // Whoever executes inside the server went with it; a participant's app did not.
    for (const Action& action : state.actions)
        if (action.state == ActionState::started && action.executor != client_executor)
            executor_lost(state, action, now, judge, decision.events);
    if (!state.open()) return decision;
    for (const Participant& participant : state.participants)
        if (participant.connected)
            decision.events.push_back(
                connection_changed(state, participant, false, participant.line_changes + 1));
    server_restarted(state, now, decision.events);
    return decision;
}

}  // namespace lifeline::call::rules
