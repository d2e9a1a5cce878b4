#include <fmt/format.h>

#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/idempotency.h"
#include "api/routes.h"
#include "base/text.h"
#include "call/consent.h"
#include "contract/json_writer.h"
#include "speech/transcriber.h"

// Push-to-talk for browsers that cannot recognise speech: the recording comes up, its words go into
// the call as the speaker's own utterance. It begins when the recording arrives, so that it stands
// in its place however long the recogniser takes, and it ends in words or in transcript.failed:
// nothing that was said goes missing in silence.
namespace lifeline::api {

namespace {

using speech::Recording;

// One recording on its way through the call.
struct Saying {
    std::string utterance_id;
    std::string speaker;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
};

// What the call says of a recording that has just arrived.
struct Place {
    contract::Role role = contract::Role::viewer;
    std::int64_t now_ms = 0;  // Since the call connected.
    bool begun = false;       // This very utterance, by a request before this one,
    bool over = false;        // and it has its words.
};

Result<Recording> read_recording(const Asked& asked) {
    const auto* content_type = asked.request().header("Content-Type");
    const auto format = content_type != nullptr ? speech::format_of(*content_type) : std::nullopt;
    if (!format)
        return fail(Code::malformed, "content_type_unsupported",
                    "Content-Type must be a recording's: audio/webm, audio/ogg, audio/mp4, "
                    "audio/mpeg, audio/wav or audio/flac");
    if (asked.request().body.empty())
        return fail(Code::malformed, "out_of_range", "the recording is empty");
    Recording recording{.bytes = asked.request().body, .format = *format};
    if (const auto* language = asked.request().query("language")) recording.language = *language;
    const bool tag = std::ranges::all_of(recording.language, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
    if (!tag || recording.language.size() > 35)
        return fail(Code::malformed, "query_invalid", "language is no language tag", "/language");
    return recording;
}

Result<contract::Event> event_of(const std::string& session_id, const Saying& saying,
                                 std::string_view what, std::string_view type, WallTime now,
                                 const std::string& payload) {
    contract::EventChecker checker;
    return checker.check(contract::event_json(fmt::format("{}.{}", saying.utterance_id, what),
                                              session_id, format_rfc3339(now), type, payload));
}

std::string started_payload(const Saying& saying, const std::string& participant_id) {
    contract::JsonWriter json;
    json.object();
    json.key("utteranceId").value(saying.utterance_id);
    json.key("speaker").value(saying.speaker);
    json.key("participantId").value(participant_id);
    json.key("startMs").value(saying.start_ms);
    json.end();
    return json.take();
}

std::string final_payload(const Saying& saying, const std::string& text) {
    contract::JsonWriter json;
    json.object();
    json.key("utteranceId").value(saying.utterance_id);
    json.key("speaker").value(saying.speaker);
    json.key("text").value(text);
    json.key("startMs").value(saying.start_ms);
    json.key("endMs").value(saying.end_ms);
    json.key("source").value("stt");
    json.end();
    return json.take();
}

std::string failed_payload(const Saying& saying, std::string_view code, std::string_view message) {
    contract::JsonWriter json;
    json.object();
    json.key("utteranceId").value(saying.utterance_id);
    json.key("code").value(code);
    json.key("message").value(message);
    json.key("startMs").value(saying.start_ms);
    json.key("endMs").value(saying.end_ms);
    json.end();
    return json.take();
}

std::string said_json(const Saying& saying, const std::string& text, std::uint64_t seq) {
    contract::JsonWriter json;
    json.object();
    json.key("utteranceId").value(saying.utterance_id);
    json.key("text").value(text);
    json.key("seq").value(static_cast<std::int64_t>(seq));
    json.end();
    return json.take();
}

// As far as a person who spoke is concerned; the detail is in the log and in the answer.
std::string_view message_of(const Error& error) {
    if (error.reason == "speech_refused") return "The recogniser would not take this recording.";
    if (error.reason == "speech_silent") return "Nothing could be heard.";
    if (error.reason == "consent_required") return "They withdrew their consent to being recorded.";
    return "The recogniser did not answer.";
}

// Where in the call it stands, asked of the call itself.
void find_place(Api& api, const Asked& asked, std::string utterance_id,
                std::move_only_function<void(Result<Place>)> then) {
    auto principal = asked.principal;
    const WallTime now = api.parts().clock.wall();
    Loop& loop = asked.exchange()->loop();
    api.parts().sessions.look<Place>(
        asked.session_id(), loop,
        [principal = std::move(principal), utterance_id = std::move(utterance_id),
         now](session::Actor& actor) -> Result<Place> {
            const call::State& state = actor.state();
            const auto role = authorize(state, principal, Need::write);
            if (!role) return fail(role.error());
            // Before anybody outside hears it, also where this repeats a request from before they
            // withdrew.
            if (const auto kept = call::may_be_kept(state, principal.user_id, *role); !kept)
                return fail(kept.error());
            Place place{.role = *role};
            if (state.connected_at)
                place.now_ms = std::max<std::int64_t>(0, (now - *state.connected_at).count());
            place.begun = state.open_utterance(utterance_id) != nullptr;
            place.over = state.closed_utterance(utterance_id) != nullptr;
            return place;
        },
        std::move(then));
}

void publish(Api& api, Asked asked, Result<contract::Event> event,
             std::move_only_function<void(Asked, session::Receipt)> then) {
    if (!event) return asked.refuse(event.error());
    command(api, std::move(asked), call::Publish{std::move(*event)}, std::move(then));
}

void end(Api& api, Asked asked, const Saying& saying, const Result<std::string>& text) {
    const std::string id = asked.session_id();
    const WallTime now = api.parts().clock.wall();
    if (!text) {
        const Error& error = text.error();
        publish(api, std::move(asked),
                event_of(id, saying, "failed", "transcript.failed", now,
                         failed_payload(saying, error.reason, message_of(error))),
                [error](Asked done, const session::Receipt&) { done.refuse(error); });
        return;
    }
    publish(api, std::move(asked),
            event_of(id, saying, "final", "transcript.final", now, final_payload(saying, *text)),
            [saying, text = *text](Asked done, const session::Receipt& receipt) {
                done.answer_json(201, said_json(saying, text, receipt.seq));
            });
}

// Who withdrew their consent while it was heard has said nothing that may be kept.
void heard(Api& api, Asked asked, const Saying& saying, Result<std::string> text) {
    if (text && text->empty())
        text = fail(Code::malformed, "speech_silent", "nothing could be heard");
    find_place(api, asked, saying.utterance_id,
               [&api, asked, saying, text = std::move(text)](const Result<Place>& place) mutable {
                   if (!place && place.error().reason == "consent_required")
                       text = fail(place.error());
                   end(api, std::move(asked), saying, text);
               });
}

void hear(Api& api, Asked asked, const Saying& saying, Recording recording) {
    api.parts().transcriber->transcribe(std::move(recording),
                                        [&api, saying, asked](Result<std::string> text) mutable {
                                            heard(api, std::move(asked), saying, std::move(text));
                                        });
}

void begin(Api& api, Asked asked, const Saying& saying, Recording recording) {
    const std::string id = asked.session_id();
    const std::string who = asked.principal.user_id;
    publish(api, std::move(asked),
            event_of(id, saying, "started", "transcript.utterance.started",
                     api.parts().clock.wall(), started_payload(saying, who)),
            [&api, saying, recording = std::move(recording)](Asked begun,
                                                             const session::Receipt&) mutable {
                hear(api, std::move(begun), saying, std::move(recording));
            });
}

}  // namespace

void upload_speech(Api& api, Asked asked) {
    speech::Transcriber* transcriber = api.parts().transcriber;
    if (transcriber == nullptr)
        return asked.refuse({Code::unavailable, "speech_not_configured",
                             "this server has no recogniser: see [speech]"});
    auto recording = read_recording(asked);
    if (!recording) return asked.refuse(recording.error());
    const auto duration = number_query(asked.request(), "durationMs", 0,
                                       std::chrono::milliseconds(speech::recording_max).count(), 0);
    if (!duration) return asked.refuse(duration.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    // Before anything is written: who is turned away has said nothing yet.
    if (!transcriber->has_room())
        return asked.refuse(
            {Code::overloaded, "speech_busy", "too many recordings are being heard"});
    Saying saying;
    saying.utterance_id =
        key->empty() ? "utt_" + to_hex(api.parts().random.bytes<16>())
                     : derived_id("utt_", asked.principal, "speech:" + asked.session_id(), *key);
    recording->id = saying.utterance_id;
    if (transcriber->hears(recording->id))
        return asked.refuse({Code::overloaded, "speech_busy", "this recording is being heard"});
    find_place(api, asked, saying.utterance_id,
               [&api, asked, saying, recording = std::move(*recording),
                duration = *duration](const Result<Place>& place) mutable {
                   if (!place) return asked.refuse(place.error());
                   if (place->over)
                       return asked.refuse({Code::conflict, "utterance_closed",
                                            "this recording was heard already"});
                   saying.speaker = contract::to_text(place->role);
                   saying.end_ms = place->now_ms;
                   saying.start_ms = std::max<std::int64_t>(0, place->now_ms - duration);
                   // Begun by a request that this one repeats: only the hearing is missing.
                   if (place->begun)
                       return hear(api, std::move(asked), saying, std::move(recording));
                   begin(api, std::move(asked), saying, std::move(recording));
               });
}

void speech_terms(Api& api, Asked asked) {
    contract::JsonWriter json;
    json.object();
    json.key("upload").value(api.parts().transcriber != nullptr);
    json.key("bytesMax").value(static_cast<std::int64_t>(speech::recording_bytes_max));
    json.key("durationMsMax")
        .value(static_cast<std::int64_t>(Millis(speech::recording_max).count()));
    json.end();
    asked.answer_json(200, json.take());
}

}  // namespace lifeline::api
