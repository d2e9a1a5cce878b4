#include "talk.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "contract/event.h"
#include "contract/json.h"
#include "transcript/fold.h"

namespace lifeline::simulation {

Talk::Talk(House& house, Model& model, std::uint64_t seed)
    : house_(house), model_(model), chance_(seed ^ 0x7a1c) {}

void Talk::turn(const std::string& call, const std::string& speaker) {
    if (chance_.below(6) == 0) begin(call, speaker);
    deliver();
}

void Talk::begin(const std::string& call, const std::string& speaker) {
    const std::string id = fmt::format("talk_{}", ++said_);
    const std::string text = fmt::format("Words {}.", said_);
    const auto event = [&](const char* step, const char* type, const std::string& fields) {
        return contract::event_json(
            fmt::format("{}_{}", id, step), call, format_rfc3339(house_.loop.clock().wall()), type,
            fmt::format(R"({{"utteranceId":"{}","speaker":"user",{}}})", id, fields));
    };
    Words words{.call = call, .speaker = speaker, .first = {}, .final = {}, .due = {}};
    words.first =
        chance_.below(2) == 0
            ? event("begins", "transcript.utterance.started",
                    fmt::format(R"("participantId":"{}","startMs":0)", speaker))
            : event("begins", "transcript.partial", R"("text":"W","rev":1,"startMs":0,"endMs":1)");
    words.final = event("final", "transcript.final",
                        fmt::format(R"("text":"{}","startMs":0,"endMs":2)", text));
    words.due = house_.loop.clock().steady() +
                Millis(chance_.below(static_cast<std::uint64_t>(understood_within.count()) + 1));
    texts_.emplace(id, text);
    open_.emplace(id, std::move(words));
}

void Talk::vanish() {
    for (auto& [id, words] : open_) words.on_its_way = false;
}

void Talk::deliver() {
    const SteadyTime now = house_.loop.clock().steady();
    for (auto& [id, words] : open_)
        if (!words.on_its_way && (!words.begun || words.due <= now)) hand_in(id, words);
}

void Talk::hand_in(const std::string& id, Words& words) {
    contract::EventChecker checker;
    auto event = checker.check(words.begun ? words.final : words.first);
    if (!event) return model_.violation("not an event: " + event.error().detail);
    words.on_its_way = true;
    model_.sent(words.call, std::string(event->id()), event->json());
    house_.submit(words.call,
                  {call::Publish{std::move(*event)}, {"user", words.speaker}, contract::Role::user},
                  [this, id](const Result<session::Receipt>& receipt) { answered(id, receipt); });
}

// What was refused for want of space is handed in once more.
void Talk::answered(const std::string& id, const Result<session::Receipt>& receipt) {
    Words& words = open_.at(id);
    words.on_its_way = false;
    if (!receipt) return;
    model_.acknowledged(words.call, id + (words.begun ? "_final" : "_begins"), receipt->seq);
    if (std::exchange(words.begun, true)) open_.erase(id);
}

// Who began when is told by the events alone, one by one, not by what is under test.
void Talk::check(const std::string& call, const std::vector<journal::StoredEvent>& events) {
    contract::EventChecker checker;
    transcript::Fold fold;
    std::vector<std::string> order;
    std::map<std::string, std::size_t> places;
    std::size_t latest = 0;  // The latest beginning of those that are final.
    for (const auto& stored : events) {
        const auto event = checker.read_stored(stored.bytes);
        if (!event) return model_.violation(call + ": an event cannot be read");
        fold.take(*event, stored.actor.id, stored.seq);
        const auto utterance = event->find_text("utteranceId");
        if (!utterance) continue;
        const std::string id(*utterance);
        const auto place = places.try_emplace(id, order.size()).first->second;
        if (place == order.size()) order.push_back(id);
        if (event->type() == contract::EventType::transcript_final) {
            if (place < latest) ++overtakings_;
            latest = std::max(latest, place);
        }
        const auto& heard = fold.utterances();
        if (heard.size() != order.size() || heard.back().id != order.back() ||
            heard[place].id != id)
            return model_.violation(
                fmt::format("{} seq {}: {} is not where it began", call, stored.seq, id));
    }
    for (const auto& one : fold.utterances())
        if (const auto said = texts_.find(one.id);
            said != texts_.end() && (!one.has_final_text() || one.text != said->second))
            model_.violation(fmt::format("{} {}: \"{}\" was said", call, one.id, said->second));
}

}  // namespace lifeline::simulation
