#include "transcript/fold.h"

#include "base/digest.h"
#include "base/text.h"
#include "contract/json.h"
#include "transcript/redact.h"

namespace lifeline::transcript {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

void begin(const Event& event, Utterance& into) {
    namespace f = field::transcript_utterance_started;
    into.start_ms = event.integer(f::start_ms);
    if (into.end_ms < into.start_ms) into.end_ms = into.start_ms;
}

// Revisions grow, so the newest partial is the last; what was understood is never taken back by one
// that was held up on its way, because the door refuses a smaller rev.
void hear(const Event& event, Utterance& into) {
    namespace f = field::transcript_partial;
    if (into.settled()) return;
    into.progress = Progress::partial;
    into.text = event.text(f::text);
    into.start_ms = event.integer(f::start_ms);
    into.end_ms = event.integer(f::end_ms);
}

void settle(const Event& event, Utterance& into) {
    namespace f = field::transcript_final;
    if (into.progress == Progress::final) return;  // At most one, and the first counts.
    into.start_ms = event.integer(f::start_ms);
    into.source = event.text(f::source);
    into.language = event.text(f::lang);
    into.late = event.flag(f::late);
    // What was cut short stays so: its final text was generated, and not heard.
    if (into.progress == Progress::truncated) {
        into.generated_text = event.text(f::text);
        return;
    }
    into.progress = Progress::final;
    into.failure.clear();
    into.text = event.text(f::text);
    into.end_ms = event.integer(f::end_ms);
    into.words_json = event.raw(f::words);
}

void cut(const Event& event, Utterance& into) {
    namespace f = field::transcript_truncated;
    if (event.has(f::generated_text))
        into.generated_text = event.text(f::generated_text);
    else if (into.progress == Progress::final)
        into.generated_text = into.text;
    into.progress = Progress::truncated;
    into.text = event.text(f::heard_text);
    into.end_ms = into.start_ms + event.integer(f::played_ms);
    into.words_json.clear();
}

// A correction names the text it replaces: of two that crossed, the second is of something that is
// not there any more.
void correct(const Event& event, Utterance& into) {
    namespace f = field::transcript_corrected;
    if (!into.has_final_text() || event.text(f::previous_hash) != to_hex(sha256(into.text))) return;
    into.text = event.text(f::text);
    into.words_json.clear();
    into.corrected = true;
}

void redact(const Event& event, Utterance& into) {
    namespace f = field::transcript_redacted;
    const auto spans = contract::Json::parse(event.raw(f::spans));
    if (!spans) return;
    for (const auto& span : spans->items()) {
        Redaction gone;
        if (const auto from = span.find("from"))
            gone.from = static_cast<std::uint64_t>(from->as_integer().value_or(0));
        if (const auto to = span.find("to"))
            gone.to = static_cast<std::uint64_t>(to->as_integer().value_or(0));
        gone.kind = span.text("kind").value_or("");
        into.text = blacken(into.text, gone.from, gone.to);
        into.redactions.push_back(std::move(gone));
    }
    // They said the same once more.
    into.words_json.clear();
    into.generated_text.clear();
}

void lose(const Event& event, Utterance& into) {
    namespace f = field::transcript_failed;
    if (into.settled()) return;
    into.progress = Progress::failed;
    into.failure = event.text(f::code);
    if (event.has(f::start_ms)) into.start_ms = event.integer(f::start_ms);
    if (event.has(f::end_ms)) into.end_ms = event.integer(f::end_ms);
}

}  // namespace

bool says_something(EventType type) {
    switch (type) {
        case EventType::transcript_utterance_started:
        case EventType::transcript_partial:
        case EventType::transcript_final:
        case EventType::transcript_truncated:
        case EventType::transcript_corrected:
        case EventType::transcript_redacted:
        case EventType::transcript_failed:
            return true;
        default:
            return false;
    }
}

void apply(const Event& event, Utterance& utterance) {
    if (const auto speaker = event.find_text("speaker")) utterance.speaker = *speaker;
    if (const auto whose = event.find_text("participantId")) utterance.participant_id = *whose;
    switch (event.type()) {
        case EventType::transcript_utterance_started:
            return begin(event, utterance);
        case EventType::transcript_partial:
            return hear(event, utterance);
        case EventType::transcript_final:
            return settle(event, utterance);
        case EventType::transcript_truncated:
            return cut(event, utterance);
        case EventType::transcript_corrected:
            return correct(event, utterance);
        case EventType::transcript_redacted:
            return redact(event, utterance);
        default:
            return lose(event, utterance);
    }
}

void Fold::take(const Event& event, std::string_view actor_id, std::uint64_t seq) {
    if (event.type() == EventType::call_participant_joined) {
        namespace f = field::call_participant_joined;
        const auto identity = contract::Json::parse(event.raw(f::identity));
        if (!identity) return;
        if (const auto name = identity->text("displayName"); name && !name->empty())
            names_.insert_or_assign(std::string(event.text(f::participant_id)), std::string(*name));
        return;
    }
    if (!says_something(event.type())) return;
    const auto id = event.find_text("utteranceId");
    if (!id || id->empty()) return;  // Something was lost before it had begun.
    Utterance& utterance = find(*id, actor_id, seq);
    utterance.last_seq = seq;
    apply(event, utterance);
}

void Fold::keep_last(std::size_t count, std::size_t bytes) {
    std::size_t kept = 0;
    for (std::size_t taken = 0; kept < utterances_.size() && kept < count; ++kept) {
        taken += utterances_[utterances_.size() - kept - 1].text.size();
        if (taken > bytes) break;
    }
    if (kept == utterances_.size()) return;
    utterances_.erase(utterances_.begin(), utterances_.end() - static_cast<std::ptrdiff_t>(kept));
    by_id_.clear();
    for (std::size_t i = 0; i < utterances_.size(); ++i) by_id_.emplace(utterances_[i].id, i);
}

Utterance& Fold::find(std::string_view id, std::string_view actor_id, std::uint64_t seq) {
    const auto [known, fresh] = by_id_.try_emplace(std::string(id), utterances_.size());
    if (!fresh) return utterances_[known->second];
    Utterance& begun = utterances_.emplace_back();
    begun.id = id;
    begun.participant_id = actor_id;
    begun.seq = seq;
    return begun;
}

}  // namespace lifeline::transcript
