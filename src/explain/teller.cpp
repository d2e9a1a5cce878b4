#include "explain/teller.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

#include "explain/line_text.h"
#include "explain/sentence.h"

namespace lifeline::explain {

namespace {

using contract::EventType;

constexpr std::size_t chain_max = 8;
constexpr std::size_t speech_points_max = 300;

std::string_view remark_of(const transcript::Utterance& one) {
    switch (one.progress) {
        case transcript::Progress::started:
        case transcript::Progress::partial:
            return " began to say";
        case transcript::Progress::truncated:
            return " was cut short at";
        case transcript::Progress::failed:
            return " could not be understood";
        case transcript::Progress::final:
            break;
    }
    return " said";
}

}  // namespace

void Teller::take(const Recorded& recorded) {
    if (story_.events++ == 0) story_.from = recorded.at;
    story_.head = recorded.seq;
    if (watch_.take(recorded, cast_)) actions_.missed();
    if (recorded.event == nullptr) return;
    const contract::Event& event = *recorded.event;
    cast_.take(event);
    remember(recorded);
    story_.over |=
        event.type() == EventType::call_ended || event.type() == EventType::call_terminal_failure;
    if (transcript::says_something(event.type())) said_at_.emplace(recorded.seq, recorded.at);
    speech_.take(event, recorded.actor.id, recorded.seq);
    const bool by_turn = turns_.take(recorded, cast_);
    const bool by_action = actions_.take(recorded, cast_);
    const bool by_outage = outages_.take(recorded, cast_);
    if (!by_turn && !by_action && !by_outage) tell_alone(recorded);
}

void Teller::remember(const Recorded& recorded) {
    std::string what = say(recorded, cast_);
    if (what.empty()) what = line_text(recorded.event->type_name());
    seen_.try_emplace(
        std::string(recorded.event_id),
        Seen{recorded.seq, recorded.at, std::string(recorded.cause), std::move(what)});
}

void Teller::tell_alone(const Recorded& recorded) {
    const contract::Event& event = *recorded.event;
    const Sentence& sentence = sentence_of(event.type());
    // An utterance is told whole.
    if (transcript::says_something(event.type()) && event.find_text("utteranceId")) return;
    std::string what = say(recorded, cast_);
    if (what.empty()) return;
    story_.entries.push_back({.kind = sentence.kind,
                              .severity = sentence.severity,
                              .seq = recorded.seq,
                              .last_seq = recorded.seq,
                              .at = recorded.at,
                              .who = line_text(recorded.actor.id),
                              .about = line_text(event.find_text("documentId").value_or("")),
                              .what = std::move(what),
                              .why = reasons(recorded.cause)});
}

// The nearest first. A cause comes before what it leads to, so a chain has an end.
std::vector<Reason> Teller::reasons(std::string_view cause) const {
    std::vector<Reason> chain;
    for (auto at = seen_.find(std::string(cause)); at != seen_.end() && chain.size() < chain_max;
         at = seen_.find(at->second.cause)) {
        if (!chain.empty() && at->second.seq >= chain.back().seq) break;
        chain.push_back({at->second.seq, at->second.what});
    }
    return chain;
}

void Teller::tell_speech(Story& story) const {
    for (const transcript::Utterance& one : speech_.utterances()) {
        const auto at = said_at_.find(one.seq);
        Entry entry{.kind = Kind::speech,
                    .severity = one.progress == transcript::Progress::failed ? Severity::warning
                                                                             : Severity::info,
                    .seq = one.seq,
                    .last_seq = one.last_seq,
                    .at = at == said_at_.end() ? story.from : at->second,
                    .who = line_text(one.participant_id),
                    .about = line_text(one.id)};
        entry.what = cast_.name(one.participant_id) + std::string(remark_of(one));
        if (!one.text.empty())
            entry.what += fmt::format(" “{}”", line_text(one.text, speech_points_max));
        if (one.corrected) entry.what += ", as corrected";
        if (!one.redactions.empty()) entry.what += ", parts of it destroyed";
        if (one.end_ms > one.start_ms) entry.took = Millis{one.end_ms - one.start_ms};
        story.entries.push_back(std::move(entry));
    }
}

Story Teller::tell() const {
    Story story = story_;
    tell_speech(story);
    turns_.tell(story);
    outages_.tell(story);
    actions_.tell(story);
    watch_.tell(story);
    for (Entry& entry : story.entries) {
        if (entry.kind != Kind::actions) continue;
        const auto turn = std::ranges::find_if(story.entries, [&](const Entry& other) {
            return other.kind == Kind::turns && other.about == actions_.turn_of(entry.about);
        });
        if (turn == story.entries.end()) continue;
        entry.why.push_back({turn->seq, fmt::format("turn {} of {}", turn->about, turn->who)});
        std::ranges::copy(turn->why, std::back_inserter(entry.why));
    }
    std::ranges::sort(story.entries, {}, &Entry::seq);  // No two begin with the same event.
    std::ranges::sort(story.anomalies, {}, [](const Anomaly& one) {
        return std::tuple(one.seq, std::string_view(one.code), std::string_view(one.about));
    });
    return story;
}

}  // namespace lifeline::explain
