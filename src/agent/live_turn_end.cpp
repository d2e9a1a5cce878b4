// How a turn ends: by itself, talked over, or with whoever was to hear it or to answer.
#include <utility>

#include "agent/live_turn.h"
#include "agent/spoken.h"
#include "base/log.h"
#include "contract/form.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

void LiveTurn::finish(std::string_view stop_reason) {
    end_utterance();
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("durationMs").value(age());
    json.key("stopReason").value(word_or(stop_reason, "other"));
    if (utterance_begun_) json.key("outputUtteranceId").value(names_.utterance());
    json.key("text").value(whole_characters(text_)).end();
    end_with("orchestration.turn.completed", json.take());
}

// Said once in an outage: whoever asks again and again need not hear it each time.
void LiveTurn::fail_with(const Failure& failure) {
    log::warn("session={} turn={} agent={} model={} failed reason={} {}",
              parts_.conversation.session_id(), id_, parts_.settings.name, model_, failure.reason,
              failure.detail);
    if (parts_.conversation.failures_in_a_row() == 0 && !decision_.inputs.empty()) {
        if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
        say(parts_.settings.failure_text);
    }
    end_utterance();
    const bool fits = contract::matches(contract::Form::code, failure.reason);
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("durationMs").value(age());
    json.key("code").value(fits ? failure.reason : "model_failed");
    json.key("message").value(failure.detail.empty() ? "The model could not be asked."
                                                     : cut(failure.detail, 1000));
    json.key("retryable").value(failure.retryable).end();
    end_with("orchestration.turn.failed", json.take());
}

void LiveTurn::stop(std::string_view cause, std::optional<Millis> played) {
    if (phase_ == Phase::over) return;
    const bool asked = phase_ == Phase::thinking;
    if (asked) account();
    run_.reset();
    if (asked) tell_results("interrupted");
    if (utterance_begun_) {
        // Only what was shown can have been heard.
        const std::string shown = text_.substr(0, shown_);
        parts_.outbox.say(
            names_.event("cut"), "transcript.truncated",
            cut_payload(names_.utterance(), heard_of(shown, played, parts_.conversation.channel()),
                        whole_characters(text_), played.value_or(Millis{age()}), "barge_in"));
    }
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("durationMs").value(age());
    json.key("cause").value(cause).end();
    end_with("orchestration.turn.cancelled", json.take());
}

// By the server's word where the agent may not speak any more. What the model was shown is told
// again by whoever takes up the same words.
void LiveTurn::abandon(Why why) {
    if (phase_ == Phase::over) return;
    if (phase_ == Phase::thinking) account();
    run_.reset();
    Outbox& outbox = parts_.outbox;
    const bool stopping = why == Why::stopping;
    if (utterance_begun_) {
        const TurnRecord* record = parts_.conversation.turn(id_);
        outbox.say(
            names_.server_event("cut", 0), "transcript.truncated",
            cut_payload(names_.utterance(), record != nullptr ? record->shown : "",
                        whole_characters(text_), Millis{age()}, stopping ? "error" : "hangup"),
            As::server);
    }
    // A call that ends closes what is open in it.
    if (stopping)
        outbox.say(names_.event("end"), "orchestration.turn.failed",
                   restarted_payload(id_, Millis{age()}));
    if (why == Why::removed) {
        contract::JsonWriter json;
        json.object().key("turnId").value(id_).key("durationMs").value(age());
        json.key("cause").value("removed").end();
        outbox.say(names_.server_event("end", 0), "orchestration.turn.cancelled", json.take(),
                   As::server);
    }
    over();
}

// A turn that cannot say how it ended would be open for ever: then the server says only that it
// did, also of an agent that was sent away meanwhile.
void LiveTurn::end_with(std::string_view type, std::string_view payload) {
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("durationMs").value(age());
    json.key("cause").value("error").end();
    parts_.outbox.say(
        names_.event("end"), type, payload, As::agent,
        [&outbox = parts_.outbox, names = names_, otherwise = json.take()](const Status& status) {
            if (!status && status.error().reason != "session_over")
                outbox.say(names.server_event("end_anyway", 0), "orchestration.turn.cancelled",
                           otherwise, As::server);
        });
    over();
}

}  // namespace lifeline::agent
