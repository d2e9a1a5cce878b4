#include "agent/openclaw_wire.h"

#include <algorithm>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::agent::openclaw {

namespace {

using contract::Json;
using contract::JsonWriter;
using Course = Heard::Course;

std::string request(std::string_view id, std::string_view method, std::string_view params) {
    JsonWriter json;
    json.object();
    json.key("type").value("req").key("id").value(id).key("method").value(method);
    json.key("params").raw(params);
    json.end();
    return json.take();
}

std::string text_of(const Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

// A message's text: a text itself, or the texts of its parts.
std::string content_of(const Json& message) {
    const auto content = message.find("content");
    if (!content) return text_of(message, "text");
    if (content->is_text()) return std::string(*content->as_text());
    std::string all;
    for (const Json& part : content->items())
        if (part.text("type") == "text") all += part.text("text").value_or("");
    return all;
}

std::optional<std::int64_t> number(const Json& json, std::string_view key) {
    const auto found = json.find(key);
    return found ? found->as_integer() : std::nullopt;
}

// By whichever names this version uses; what is not said stays unknown.
std::optional<Usage> usage_of(const Json& json) {
    const auto usage = json.find("usage");
    if (!usage || !usage->is_object()) return std::nullopt;
    const auto either = [&](std::string_view one, std::string_view other) {
        const auto found = number(*usage, one);
        return found ? found : number(*usage, other);
    };
    Usage used;
    used.input_tokens = either("input", "inputTokens");
    used.output_tokens = either("output", "outputTokens");
    used.cached_tokens = either("cacheRead", "cachedTokens");
    // Cached ones are counted beside the others there.
    if (used.input_tokens && used.cached_tokens) *used.input_tokens += *used.cached_tokens;
    return used;
}

void read_agent_event(const Json& payload, Heard& heard) {
    const auto data = payload.find("data");
    if (!data) return;
    const auto stream = payload.text("stream");
    if (stream == "lifecycle") {
        const auto phase = data->text("phase");
        const bool aborted = data->find("aborted") && data->find("aborted")->as_bool() == true;
        if (phase == "end")
            heard.course =
                aborted || data->text("status") == "cancelled" || data->text("stopReason") == "rpc"
                    ? Course::cancelled
                    : Course::finished;
        if (phase == "error") heard.course = Course::failed;
        heard.message = text_of(*data, "error");
        heard.usage = usage_of(*data);
    } else if (stream == "assistant") {
        heard.course = Course::text;
        heard.whole = data->text("text").has_value();
        heard.text = text_of(*data, heard.whole ? "text" : "delta");
    } else if (stream == "usage") {
        heard.usage = usage_of(*data);
    }
}

void read_chat_event(const Json& payload, Heard& heard) {
    const auto state = payload.text("state");
    const auto message = payload.find("message");
    if (state == "final") heard.course = Course::finished;
    if (state == "aborted") heard.course = Course::cancelled;
    if (state == "error") heard.course = Course::failed;
    heard.message = text_of(payload, "errorMessage");
    // What is new in it came as an event of the agent's too; only what is whole can be told once.
    if (!message) return;
    if (state == "delta") heard.course = Course::text;
    heard.text = content_of(*message);
    heard.whole = true;
    heard.usage = usage_of(*message);
}

// The answer to `agent` and `agent.wait`: accepted, or how it ended.
void read_run_result(const Json& payload, Heard& heard) {
    const auto status = payload.text("status");
    heard.accepted = status == "accepted" || status == "started" || status == "in_flight";
    if (status == "ok") heard.course = Course::finished;
    if (status == "error")
        heard.course = payload.text("stopReason") == "rpc" ? Course::cancelled : Course::failed;
    heard.message = text_of(payload, "error");
    heard.usage = usage_of(payload);
    if (const auto reply = payload.find("terminalReply")) {
        heard.text = text_of(*reply, "text");
        heard.whole = !heard.text.empty();
    }
    const auto result = payload.find("result");
    if (!result || !result->is_object()) return;
    std::string all;
    if (const auto payloads = result->find("payloads"))
        for (const Json& one : payloads->items()) all += one.text("text").value_or("");
    if (!all.empty()) {
        heard.text = std::move(all);
        heard.whole = true;
    }
    const auto meta = result->find("meta");
    const auto agent = meta ? meta->find("agentMeta") : std::nullopt;
    for (const auto& where : {agent, meta, result}) {
        if (!where) continue;
        if (!heard.usage) heard.usage = usage_of(*where);
        if (heard.model.empty()) heard.model = text_of(*where, "model");
    }
}

void read_response(const Json& frame, Heard& heard) {
    heard.kind = Heard::Kind::response;
    heard.id = text_of(frame, "id");
    heard.ok = frame.find("ok") && frame.find("ok")->as_bool() == true;
    if (const auto error = frame.find("error")) {
        heard.code = text_of(*error, "code");
        heard.message = text_of(*error, "message");
        heard.retryable = error->find("retryable") && error->find("retryable")->as_bool() == true;
    }
    const auto payload = frame.find("payload");
    if (!payload) return;
    heard.run_id = text_of(*payload, "runId");
    heard.protocol = number(*payload, "protocol").value_or(0);
    read_run_result(*payload, heard);
}

}  // namespace

std::string connect_request(std::string_view id, std::string_view token) {
    JsonWriter json;
    json.object();
    json.key("minProtocol").value(protocol).key("maxProtocol").value(protocol);
    json.key("client").object();
    json.key("id").value("gateway-client").key("version").value("0.1.0");
    json.key("platform").value("linux").key("mode").value("backend");
    json.end();
    json.key("role").value("operator");
    json.key("scopes").array().value("operator.read").value("operator.write").end();
    json.key("caps").array().value("tool-events").end();
    json.key("auth").object().key("token").value(token).end();
    json.end();
    return request(id, "connect", json.take());
}

std::string agent_request(std::string_view id, const Ask& ask) {
    JsonWriter json;
    json.object();
    json.key("message").value(ask.message);
    json.key("agentId").value(ask.agent_id);
    json.key("sessionKey").value(ask.session_key);
    json.key("idempotencyKey").value(ask.idempotency_key);
    json.end();
    return request(id, "agent", json.take());
}

std::string wait_request(std::string_view id, std::string_view run_id, Millis timeout) {
    JsonWriter json;
    json.object().key("runId").value(run_id).key("timeoutMs").value(timeout.count()).end();
    return request(id, "agent.wait", json.take());
}

std::string abort_request(std::string_view id, std::string_view session_key,
                          std::string_view run_id) {
    JsonWriter json;
    json.object().key("sessionKey").value(session_key).key("runId").value(run_id).end();
    return request(id, "chat.abort", json.take());
}

Result<Heard> read_frame(std::string_view text) {
    const auto frame = Json::parse(text);
    if (!frame) return fail(frame.error());
    Heard heard;
    if (frame->text("type") == "res") {
        read_response(*frame, heard);
        return heard;
    }
    if (frame->text("type") != "event") return heard;
    const auto event = frame->text("event");
    const auto payload = frame->find("payload");
    if (event == "connect.challenge") heard.kind = Heard::Kind::challenge;
    if (event == "shutdown") heard.kind = Heard::Kind::shutdown;
    if (!payload || (event != "agent" && event != "chat")) return heard;
    heard.kind = Heard::Kind::run;
    heard.run_id = text_of(*payload, "runId");
    if (event == "agent") {
        read_agent_event(*payload, heard);
    } else {
        read_chat_event(*payload, heard);
    }
    return heard;
}

}  // namespace lifeline::agent::openclaw
