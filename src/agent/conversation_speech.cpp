// What was said, as it stands.
#include "agent/conversation.h"

#include <algorithm>
#include <cctype>

#include "agent/event_text.h"
#include "contract/json.h"

namespace lifeline::agent {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

Speaker speaker_from(std::string_view word) {
    if (word == "agent") return Speaker::agent;
    return word == "operator" ? Speaker::operator_ : Speaker::user;
}

// Characters from `from` to `to`, counted as Unicode does, become one sign.
std::string without(std::string_view text, std::size_t from, std::size_t to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t size = 1;
        while (i + size < text.size() &&
               (static_cast<unsigned char>(text[i + size]) & 0xC0) == 0x80)
            ++size;
        if (at < from || at >= to) {
            out += text.substr(i, size);
        } else if (at == from) {
            out += "[redacted]";
        }
        ++at;
        i += size;
    }
    return out;
}

bool letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool same_letters(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

// "Coach, what next?", "@coach what next?"
bool speaks_to(std::string_view text, std::string_view name) {
    if (name.empty()) return false;
    const auto word_at = [&](std::size_t at) {
        return at + name.size() <= text.size() &&
               same_letters(text.substr(at, name.size()), name) &&
               (at + name.size() == text.size() || !letter(text[at + name.size()]));
    };
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '@' && word_at(i + 1)) return true;
    if (!word_at(0)) return false;
    return name.size() < text.size() && (text[name.size()] == ',' || text[name.size()] == ':');
}

}  // namespace

Utterance& Conversation::said(std::string_view id, std::string_view actor_id) {
    const std::string key(id);
    if (const auto known = utterances_.find(key); known != utterances_.end())
        return known->second->utterance;
    Entry entry;
    entry.kind = Kind::utterance;
    entry.utterance.id = key;
    entry.utterance.participant_id = actor_id;
    entry.utterance.seq = seq_;
    entries_.push_back(std::move(entry));
    utterances_.emplace(key, std::prev(entries_.end()));
    return entries_.back().utterance;
}

void Conversation::take_transcript(const Event& event, std::string_view actor_id, WallTime at) {
    const std::string id = text_of(event, "utteranceId");
    if (id.empty()) return;
    const bool begins = event.type() == EventType::transcript_utterance_started ||
                        event.type() == EventType::transcript_partial ||
                        event.type() == EventType::transcript_final;
    if (!begins && !utterances_.contains(id)) return;
    Utterance& utterance = said(id, actor_id);
    if (begins) {
        utterance.last_at = at;
        utterance.last_seq = seq_;
    }
    if (const auto speaker = event.find_text("speaker")) utterance.speaker = speaker_from(*speaker);
    if (const auto who = event.find_text("participantId")) utterance.participant_id = *who;
    switch (event.type()) {
        case EventType::transcript_utterance_started:
            utterance.begun = true;
            utterance.turn_id = text_of(event, "turnId");
            break;
        case EventType::transcript_partial:
            utterance.begun = true;
            if (!utterance.is_final && !utterance.is_cut) utterance.text = text_of(event, "text");
            break;
        case EventType::transcript_final:
            // What was cut off keeps what was heard of it, whatever comes after.
            if (!utterance.is_cut) utterance.text = text_of(event, "text");
            utterance.is_final = utterance.is_over = true;
            if (utterance.speaker != Speaker::agent) addressed(utterance);
            break;
        case EventType::transcript_truncated:
            utterance.text = text_of(event, "heardText");
            utterance.is_cut = utterance.is_over = true;
            utterance.cut_seq = seq_;
            break;
        case EventType::transcript_corrected:
            utterance.text = text_of(event, "text");
            break;
        case EventType::transcript_redacted: {
            const auto spans = contract::Json::parse(event.raw(field::transcript_redacted::spans));
            if (!spans) break;
            auto list = spans->items();
            // From the end on, so that what is left keeps its places.
            std::ranges::sort(list, std::greater{}, [](const contract::Json& span) {
                return span.find("from")->as_integer().value_or(0);
            });
            for (const auto& span : list)
                utterance.text =
                    without(utterance.text,
                            static_cast<std::size_t>(span.find("from")->as_integer().value_or(0)),
                            static_cast<std::size_t>(span.find("to")->as_integer().value_or(0)));
            break;
        }
        case EventType::transcript_failed:
            utterance.is_over = true;
            break;
        default:
            break;
    }
}

// A name at the beginning, or after an @, says who is meant.
void Conversation::addressed(const Utterance& utterance) {
    for (const ParticipantRecord& one : participants_)
        if (one.role == "agent" && !one.removed &&
            (speaks_to(utterance.text, one.name) || speaks_to(utterance.text, one.id)))
            floor_agent_ = one.id;
}

}  // namespace lifeline::agent
