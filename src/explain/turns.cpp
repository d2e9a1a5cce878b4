#include "explain/turns.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/json.h"
#include "explain/line_text.h"
#include "explain/sentence.h"

namespace lifeline::explain {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

}  // namespace

bool Turns::take(const Recorded& recorded, const Cast& cast) {
    const Event& event = *recorded.event;
    if (event.type() == EventType::orchestration_turn_started) return start(recorded, cast);
    if (sentence_of(event.type()).kind == Kind::speech) {
        hear(event, recorded.at);
        return false;  // Told as speech, too.
    }
    Tale* tale = find(event.find_text("turnId").value_or(""));
    if (tale == nullptr || event.find_text("actionId")) return false;
    tale->entry.last_seq = recorded.seq;
    if (event.type() == EventType::orchestration_turn_delta) {
        first_word(*tale, recorded.at);
        return true;
    }
    const Severity severity = sentence_of(event.type()).severity;
    tale->entry.severity = std::max(tale->entry.severity, severity);
    const std::string what = say(recorded, cast);
    const bool whole = event.type() == EventType::orchestration_turn_completed;
    if (whole || event.type() == EventType::orchestration_turn_cancelled ||
        event.type() == EventType::orchestration_turn_failed) {
        if (whole && !event.find_text("text").value_or("").empty()) first_word(*tale, recorded.at);
        tale->end = what;
        tale->entry.took = recorded.at - tale->entry.at;
    }
    if (!what.empty()) tale->entry.steps.push_back({recorded.seq, recorded.at, what});
    return true;
}

bool Turns::start(const Recorded& recorded, const Cast& cast) {
    namespace f = field::orchestration_turn_started;
    const Event& event = *recorded.event;
    const auto [known, fresh] =
        by_id_.try_emplace(std::string(event.text(f::turn_id)), tales_.size());
    if (!fresh) return true;
    Tale& tale = tales_.emplace_back();
    tale.entry = {.kind = Kind::turns,
                  .seq = recorded.seq,
                  .last_seq = recorded.seq,
                  .at = recorded.at,
                  .who = line_text(recorded.actor.id),
                  .about = line_text(known->first)};
    tale.starter = cast.name(recorded.actor);
    tale.entry.steps.push_back({recorded.seq, recorded.at, say(recorded, cast)});
    const auto inputs = contract::Json::parse(event.raw(f::input_utterance_ids));
    if (!inputs) return true;
    for (const contract::Json& input : inputs->items()) {
        tale.inputs.emplace_back(input.as_text().value_or(""));
        const auto final = finals_.find(tale.inputs.back());
        if (final != finals_.end())
            tale.heard_at = std::max(tale.heard_at.value_or(final->second), final->second);
    }
    return true;
}

void Turns::hear(const Event& event, WallTime at) {
    const std::string utterance(event.find_text("utteranceId").value_or(""));
    if (event.type() == EventType::transcript_utterance_started) {
        if (const auto turn = event.find_text("turnId"))
            turn_of_utterance_.try_emplace(utterance, *turn);
        return;
    }
    if (event.type() != EventType::transcript_partial &&
        event.type() != EventType::transcript_final)
        return;
    if (event.type() == EventType::transcript_final) finals_.try_emplace(utterance, at);
    const auto turn = turn_of_utterance_.find(utterance);
    if (turn == turn_of_utterance_.end()) return;
    if (Tale* tale = find(turn->second)) first_word(*tale, at);
}

Turns::Tale* Turns::find(std::string_view turn_id) {
    const auto known = by_id_.find(turn_id);
    return known == by_id_.end() ? nullptr : &tales_[known->second];
}

void Turns::first_word(Tale& tale, WallTime at) {
    if (tale.begun) return;
    tale.begun = true;
    if (tale.heard_at) tale.entry.waited = at - *tale.heard_at;
}

void Turns::tell(Story& story) const {
    std::map<std::string_view, Reason> said;
    for (const Entry& entry : story.entries)
        if (entry.kind == Kind::speech) said.try_emplace(entry.about, entry.seq, entry.what);
    std::vector<Entry> told;
    std::vector<Millis> waits;
    for (const Tale& tale : tales_) {
        Entry entry = tale.entry;
        for (const std::string& input : tale.inputs)
            if (const auto known = said.find(line_text(input)); known != said.end())
                entry.why.push_back(known->second);
        entry.what = fmt::format("{}'s turn {}", tale.starter, entry.about);
        if (entry.waited)
            entry.what +=
                fmt::format(", first text {} after the last word", duration_text(*entry.waited));
        entry.what += ": " + (tale.end.empty() ? std::string("not over") : tale.end);
        if (tale.end.empty() && story.over)
            story.anomalies.push_back(
                {"turn_without_end", Severity::warning, entry.last_seq, entry.about,
                 "turn " + entry.about + ": the call is over, and it has no end"});
        if (entry.waited) waits.push_back(*entry.waited);
        told.push_back(std::move(entry));
    }
    story.waits.turns = told.size();
    if (!waits.empty()) {
        std::ranges::sort(waits);
        story.waits.median = waits[(waits.size() - 1) / 2];
        story.waits.most = waits.back();
    }
    story.entries.insert(story.entries.end(), told.begin(), told.end());
}

}  // namespace lifeline::explain
