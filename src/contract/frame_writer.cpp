#include "base/check.h"
#include "contract/frames.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

JsonWriter& begin(JsonWriter& json, std::string_view op) {
    return json.object().key("op").value(op);
}

void optional(JsonWriter& json, std::string_view key, std::string_view value) {
    if (!value.empty()) json.key(key).value(value);
}

void retry_after(JsonWriter& json, std::chrono::milliseconds wait) {
    if (wait.count() > 0) json.key("retryAfterMs").value(wait.count());
}

}  // namespace

void append_hello(std::string& out, const HelloFrame& hello) {
    JsonWriter json(out);
    begin(json, "hello");
    json.key("connectionId").value(hello.connection_id);
    json.key("generation").value(hello.generation);
    json.key("epoch").value(hello.epoch);
    json.key("headSeq").value(hello.head_seq);
    json.key("oldestSeq").value(hello.oldest_seq);
    json.key("resumed").value(hello.resumed);
    json.key("replayFrom").value(hello.replay_from);
    json.key("replayTo").value(hello.replay_to);
    optional(json, "resumeToken", hello.resume_token);
    json.key("resumeWindowMs").value(hello.resume_window_ms);
    json.key("ackedSeq").value(hello.acked_seq);
    json.key("heartbeatMs").value(hello.heartbeat_ms);
    json.key("limits").object();
    json.key("frameBytes").value(hello.limits.frame_bytes);
    json.key("eventBytes").value(hello.limits.event_bytes);
    json.key("eventsPerSecond").value(hello.limits.events_per_second);
    json.key("eventsBurst").value(hello.limits.events_burst);
    json.key("inFlight").value(hello.limits.in_flight);
    json.end();
    json.key("reconnect").object();
    json.key("baseMs").value(hello.reconnect.base_ms);
    json.key("capMs").value(hello.reconnect.cap_ms);
    json.key("floorMs").value(hello.reconnect.floor_ms);
    json.key("giveUpMs").value(hello.reconnect.give_up_ms);
    json.end();
    json.key("durability").value("fsync");
    json.key("serverTime").value(hello.server_time);
    json.key("schemaVersion").value("1.0");
    json.key("session").object();
    json.key("id").value(hello.session.id);
    json.key("status").value(hello.session.status);
    json.key("phase").value(hello.session.phase);
    json.key("role").value(hello.session.role);
    optional(json, "participantId", hello.session.participant_id);
    json.end();
    json.end();
}

void append_event_frame(std::string& out, std::uint64_t seq, std::string_view event_json,
                        const Actor& actor, std::string_view cause, std::string_view recorded_at,
                        std::string_view stream) {
    out.reserve(out.size() + event_json.size() + 192);
    JsonWriter json(out);
    begin(json, "event");
    json.key("seq").value(seq);
    optional(json, "stream", stream);
    json.key("event").raw(event_json);
    json.key("meta").object();
    json.key("actor").object().key("kind").value(actor.kind).key("id").value(actor.id).end();
    optional(json, "cause", cause);
    json.key("recordedAt").value(recorded_at);
    json.end().end();
}

void append_replay_complete(std::string& out, std::uint64_t seq, std::string_view stream) {
    JsonWriter json(out);
    begin(json, "replay.complete").key("seq").value(seq);
    optional(json, "stream", stream);
    json.end();
}

void append_skipped(std::string& out, std::uint64_t from_seq, std::uint64_t to_seq,
                    SkipReason reason, std::string_view stream) {
    JsonWriter json(out);
    begin(json, "skipped").key("fromSeq").value(from_seq).key("toSeq").value(to_seq);
    json.key("reason").value(reason == SkipReason::superseded ? "superseded" : "erased");
    optional(json, "stream", stream);
    json.end();
}

void append_accepted(std::string& out, std::string_view event_id, std::uint64_t seq,
                     bool duplicate) {
    JsonWriter json(out);
    begin(json, "accepted").key("eventId").value(event_id);
    json.key("seq").value(seq).key("duplicate").value(duplicate).end();
}

void append_error(std::string& out, const ErrorFrame& frame) {
    const ReasonInfo* info = find_reason(frame.error.reason);
    CHECK(info != nullptr);
    JsonWriter json(out);
    begin(json, "error");
    optional(json, "eventId", frame.event_id);
    optional(json, "stream", frame.stream);
    json.key("code").value(frame.error.reason);
    json.key("message").value(frame.error.detail.empty() ? info->meaning : frame.error.detail);
    optional(json, "pointer", frame.error.pointer);
    json.key("outcome").value(info->outcome_unknown ? "unknown" : "refused");
    retry_after(json, frame.error.retry_after);
    json.end();
}

void append_pong(std::string& out, std::string_view ping_time, std::uint64_t head_seq) {
    JsonWriter json(out);
    begin(json, "pong").key("t").raw(ping_time).key("headSeq").value(head_seq).end();
}

void append_token(std::string& out, std::string_view resume_token, std::string_view expires_at) {
    JsonWriter json(out);
    begin(json, "token").key("resumeToken").value(resume_token);
    json.key("expiresAt").value(expires_at).end();
}

void append_token_expiring(std::string& out, std::string_view expires_at) {
    JsonWriter json(out);
    begin(json, "token.expiring").key("expiresAt").value(expires_at).end();
}

void append_goaway(std::string& out, const GoawayFrame& frame) {
    JsonWriter json(out);
    begin(json, "goaway").key("reason").value(frame.reason);
    json.key("deadlineMs").value(frame.deadline_ms);
    json.key("reconnect").object().key("afterMs").value(frame.after_ms);
    json.key("jitterMs").value(frame.jitter_ms).end();
    json.key("resume").value(frame.resume).end();
}

void append_bye(std::string& out, const ByeFrame& frame) {
    const CloseCodeInfo& info = close_code_info(frame.code);
    const ReasonInfo* reason = find_reason(frame.reason);
    JsonWriter json(out);
    begin(json, "bye").key("code").value(static_cast<std::uint16_t>(frame.code));
    json.key("reason").value(frame.reason);
    json.key("message").value(!frame.message.empty() || reason == nullptr ? frame.message
                                                                          : reason->meaning);
    json.key("reconnect").value(info.reconnect != Reconnect::never);
    json.key("resume").value(info.resume);
    retry_after(json, frame.retry_after);
    if (!frame.terminal_event.empty()) json.key("terminalEvent").raw(frame.terminal_event);
    optional(json, "generation", frame.generation);
    optional(json, "requestId", frame.request_id);
    json.end();
}

ByeFrame bye_for(const Error& error) {
    const ReasonInfo* info = find_reason(error.reason);
    CHECK(info != nullptr);
    ByeFrame bye{.reason = error.reason, .message = error.detail, .retry_after = error.retry_after};
    bye.code =
        info->close_code == 0 ? CloseCode::internal : static_cast<CloseCode>(info->close_code);
    return bye;
}

}  // namespace lifeline::contract
