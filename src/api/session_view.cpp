#include "api/session_view.h"

namespace lifeline::api {

namespace {

class Fields {
public:
    explicit Fields(contract::JsonWriter& json) : json_(json) {}
    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) json_.key(key).value(value);
    }
    void time(std::string_view key, std::optional<WallTime> value) {
        if (value) json_.key(key).value(format_rfc3339(*value));
    }
    void millis(std::string_view key, Millis value) {
        if (value > Millis{0}) json_.key(key).value(value.count());
    }

private:
    contract::JsonWriter& json_;
};

void write_participant(contract::JsonWriter& json, const call::Participant& participant) {
    json.object();
    json.key("participantId").value(participant.id);
    json.key("role").value(contract::to_text(participant.role));
    if (!participant.name.empty()) json.key("displayName").value(participant.name);
    json.key("joined").value(participant.joined);
    json.key("connected").value(participant.connected);
    if (participant.recording_agreed) json.key("recordingAgreed").value(true);
    json.end();
}

}  // namespace

void write_session(contract::JsonWriter& json, const call::State& state) {
    Fields fields(json);
    json.object();
    fields.text("sessionId", state.id);
    fields.text("status", call::to_text(state.status));
    if (state.status == call::Status::active) fields.text("phase", call::to_text(state.phase));
    fields.text("ownerId", state.owner_id);
    fields.text("accountId", state.account_id);
    fields.text("channel", state.channel);
    fields.text("direction", state.direction);
    fields.text("correlationId", state.correlation_id);
    fields.text("continues", state.continues);
    fields.text("provider", state.provider);
    fields.text("providerRoomId", state.provider_ids.room_id);
    fields.text("providerCallId", state.provider_ids.call_id);
    fields.text("providerParticipantId", state.provider_ids.participant_id);
    fields.time("createdAt", state.created_at);
    fields.time("startedAt", state.started_at);
    fields.time("connectedAt", state.connected_at);
    if (state.outage) fields.time("resumeDeadline", state.outage->deadline);
    fields.time("endedAt", state.over_at);
    fields.text("endReason", state.end_reason);
    fields.millis("connectTimeoutMs", state.connect_timeout);
    fields.millis("maxDurationMs", state.max_duration);
    fields.millis("reconnectWindowMs", state.reconnect_window);
    if (state.recording_consent_required) json.key("recordingConsentRequired").value(true);
    if (!state.metadata_json.empty()) json.key("metadata").raw(state.metadata_json);
    if (!state.config_json.empty()) json.key("config").raw(state.config_json);
    json.key("participants").array();
    for (const auto& participant : state.participants)
        if (!participant.removed) write_participant(json, participant);
    json.end();
    json.end();
}

std::string session_json(const call::State& state) {
    contract::JsonWriter json;
    write_session(json, state);
    return json.take();
}

}  // namespace lifeline::api
