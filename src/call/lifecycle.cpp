#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "call/action_rules.h"
#include "call/payload.h"
#include "call/rules.h"
#include "contract/canonical.h"

namespace lifeline::call::rules {

namespace {

using contract::EventType;

std::string digest_of_json(std::string_view json) {
    return to_hex(sha256(contract::canonical_json(json)));
}

// What was asked for, in one spelling: a repeated request is the same when this is, whatever the
// server's settings have come to add to it.
std::string digest_of_asked(const Create& create) {
    contract::JsonWriter json;
    json.object();
    json.key("owner").value(create.owner_id);
    json.key("account").value(create.account_id);
    json.key("asked").raw(create.asked_json);
    json.end();
    return digest_of_json(json.take());
}

// What was made of it: of calls that nobody sent a request for, and of those from before there was
// the other one. Not the names, which come with the token.
std::string digest_of_made(const Create& create) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [key, value] : std::initializer_list<std::pair<std::string_view, std::string>>{
             {"owner", create.owner_id},
             {"account", create.account_id},
             {"channel", create.channel},
             {"direction", create.direction},
             {"provider", create.provider},
             {"correlation", create.correlation_id},
             {"continues", create.continues}})
        json.key(key).value(value);
    json.key("metadata").raw(create.metadata_json.empty() ? "{}" : create.metadata_json);
    json.key("config").raw(create.config_json.empty() ? "{}" : create.config_json);
    json.key("connectTimeout").value(create.connect_timeout.count());
    if (create.recording_consent_required) json.key("recordingConsent").value(true);
    json.key("maxDuration").value(create.max_duration.count());
    json.key("reconnectWindow").value(create.reconnect_window.count());
    json.key("members").array();
    for (const Member& member : create.members)
        json.array().value(member.user_id).value(contract::to_text(member.role)).end();
    json.end();
    json.end();
    return digest_of_json(json.take());
}

std::string digest_of(const Create& create) {
    return create.asked_json.empty() ? digest_of_made(create) : digest_of_asked(create);
}

bool same_request(const State& state, const Create& create) {
    if (state.request_digest.empty())
        return state.owner_id == create.owner_id && state.account_id == create.account_id;
    return state.request_digest == digest_of(create) ||
           state.request_digest == digest_of_made(create);
}

// A user is in a call once.
Result<void> once_each(const std::vector<Member>& members) {
    for (const Member& one : members)
        if (std::ranges::count(members, one.user_id, &Member::user_id) > 1)
            return fail(Code::conflict, "participant_conflict", "a user is named twice",
                        "/participants");
    return {};
}

std::unexpected<Error> illegal(const State& state, std::string_view wanted) {
    return fail(Code::conflict, "illegal_transition",
                fmt::format("a call that is {} cannot become {}", to_text(state.status), wanted),
                "/status");
}

Result<Decision> activate(const State& state, const SetStatus& command, WallTime now) {
    if (state.status == Status::active) {
        if (const auto same = names_the_same(state, command); !same) return fail(same.error());
        return Decision{};
    }
    if (state.status != Status::created) return illegal(state, "active");
    Decision decision;
    // Without a media provider there is no other moment at which the media would be up.
    const bool provider =
        command.provider.empty() ? state.held_by_provider() : command.provider != no_provider;
    start(state, command, !provider, now, decision.events);
    return decision;
}

}  // namespace

Result<Decision> create(const State& state, const Create& command, const Command& from) {
    for (const Member& member : command.members)
        if (const auto allowed = may_give(member.role, from, "/participants"); !allowed)
            return fail(allowed.error());
    if (const auto once = once_each(command.members); !once) return fail(once.error());
    if (state.status != Status::none) {
        if (same_request(state, command)) return Decision{};
        return fail(Code::conflict, "id_conflict",
                    "this sessionId or Idempotency-Key was used for another call");
    }
    if (const auto allowed = may_name_provider(command, from); !allowed)
        return fail(allowed.error());
    Payload payload;
    payload.text("callId", state.id)
        .text("ownerId", command.owner_id)
        .text("accountId", command.account_id)
        .text("channel", command.channel)
        .optional("direction", command.direction)
        .optional("provider", command.provider)
        .optional("correlationId", command.correlation_id)
        .optional("continues", command.continues)
        .raw("metadata", command.metadata_json)
        .raw("config", command.config_json)
        .text("requestDigest", digest_of(command))
        .integer("connectTimeoutMs", command.connect_timeout.count())
        .integer("maxDurationMs", command.max_duration.count())
        .integer("reconnectWindowMs", command.reconnect_window.count());
    if (command.recording_consent_required) payload.flag("recordingConsentRequired", true);
    Decision decision;
    decision.events.push_back({"ll_created", EventType::call_created, payload.take()});
    for (const Member& member : command.members)
        decision.events.push_back(added(state, member, command.owner_id));
    return decision;
}

void start(const State& state, const SetStatus& how, bool connected, WallTime now,
           std::vector<ServerEvent>& events) {
    Payload started;
    started.text("callId", state.id)
        .text("channel", state.channel)
        .text("direction", state.direction.empty() ? "outbound" : state.direction)
        .text("provider", !how.provider.empty()     ? std::string_view(how.provider)
                          : !state.provider.empty() ? std::string_view(state.provider)
                                                    : no_provider)
        .optional("providerRoomId", how.provider_ids.room_id)
        .optional("providerCallId", how.provider_ids.call_id)
        .optional("providerParticipantId", how.provider_ids.participant_id);
    events.push_back({"ll_started", EventType::call_started, started.take()});
    events.push_back({"ll_connecting", EventType::call_connecting,
                      Payload().text("callId", state.id).integer("attempt", 1).take()});
    if (!connected) return;
    events.push_back(
        {"ll_connected", EventType::call_connected,
         Payload().text("callId", state.id).text("connectedAt", format_rfc3339(now)).take()});
}

Result<Decision> set_status(const State& state, const SetStatus& command, const Command& from,
                            WallTime now) {
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    if (const auto allowed = may_name_provider(command, from); !allowed)
        return fail(allowed.error());
    switch (command.wanted) {
        case Status::active:
            return activate(state, command, now);
        case Status::ended: {
            const std::string reason = command.reason.empty() ? "completed" : command.reason;
            if (const auto allowed = may_end_with(reason, from); !allowed)
                return fail(allowed.error());
            if (state.status == Status::ended) return Decision{};
            if (!state.open()) return illegal(state, "ended");
            Decision decision;
            end(state, reason, command.detail, from.actor.id, now, decision.events);
            return decision;
        }
        case Status::failed: {
            const std::string code = command.reason.empty() ? "reported" : command.reason;
            if (const auto allowed = may_fail_with(code); !allowed) return fail(allowed.error());
            if (state.status == Status::failed) return Decision{};
            if (!state.open()) return illegal(state, "failed");
            const std::string message =
                command.detail.empty() ? "reported by the application" : command.detail;
            Decision decision;
            fail_call(state, code, message, now, decision.events);
            return decision;
        }
        default:
            return illegal(state, to_text(command.wanted));
    }
}

// The id is the same for every way of being over: whatever happens twice, a call ends once.
void end(const State& state, std::string_view reason, std::string_view detail, std::string_view by,
         WallTime now, std::vector<ServerEvent>& events) {
    close_what_is_open(state, now, events);
    const Millis talked = std::max(now - state.connected_at.value_or(now), Millis{0});
    events.push_back({"ll_over", EventType::call_ended,
                      Payload()
                          .text("callId", state.id)
                          .text("endedAt", format_rfc3339(now))
                          .integer("durationSeconds",
                                   std::chrono::duration_cast<std::chrono::seconds>(talked).count())
                          .text("endReason", reason)
                          .optional("endDetail", detail)
                          .optional("by", by)
                          .take()});
}

void fail_call(const State& state, std::string_view code, std::string_view message, WallTime now,
               std::vector<ServerEvent>& events) {
    close_what_is_open(state, now, events);
    const auto last = static_cast<std::int64_t>(state.head + events.size());
    events.push_back({"ll_over", EventType::call_terminal_failure,
                      Payload()
                          .text("callId", state.id)
                          .text("failedAt", format_rfc3339(now))
                          .text("code", code)
                          .text("message", message)
                          .integer("lastSeq", last)
                          .text("fix", way_on_after(code))
                          .take()});
}

}  // namespace lifeline::call::rules
