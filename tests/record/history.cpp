#include "history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace lifeline::record {

namespace {

constexpr std::array people{"ada", "ben", "mia"};
constexpr std::array words{"update my résumé", "write to the recruiter", "Tuesday", "yes",
                           "no, the other one"};
constexpr std::uint64_t understood_within_ms = 40'000;
const std::string hash(64, 'a');

}  // namespace

std::string History::somebody() {
    return people.at(chance_.below(people.size()));
}

std::vector<std::string> History::calls() const {
    std::vector<std::string> ids;
    for (const auto& [id, call] : calls_) ids.push_back(id);
    return ids;
}

void History::append(const std::string& stream, const std::string& type, const std::string& payload,
                     const std::string& by) {
    auto& open = streams_[stream];
    if (!open) {
        journal_.open(stream, writing_, [&](auto opened) { open = std::move(*opened); });
        writing_.run();
    }
    const std::string id = fmt::format("evt_{}", ++made_);
    const std::string json =
        contract::event_json(id, stream, format_rfc3339(clock_.wall()), type, payload);
    const auto event = checker_.check(json, contract::Sender::server);
    ASSERT_TRUE(event.has_value()) << json << event.error().reason << event.error().pointer;
    open->append(open->head(), {{id, {"user", by}, "", json}},
                 [](auto appended) { ASSERT_TRUE(appended.has_value()); });
    writing_.run();
}

void History::step() {
    understand_what_is_due();
    if (calls_.size() < 2 || (calls_.size() < 5 && chance_.below(20) == 0)) return begin_call();
    auto at = calls_.begin();
    std::advance(at, static_cast<long>(chance_.below(calls_.size())));
    auto& [id, call] = *at;
    switch (chance_.below(12)) {
        case 0:
            return write_document();
        case 1:
            return clock_.advance(
                std::chrono::milliseconds(static_cast<std::int64_t>(chance_.below(9'000))));
        case 2:
            return call.over ? void() : act(id, call);
        case 3:
            return call.over || chance_.below(8) != 0 ? void() : end(id, call);
        default:
            return call.over ? void() : begin_utterance(id, call);
    }
}

void History::begin_call() {
    const std::string id = fmt::format("sess_{}", calls_.size() + 1);
    calls_[id];
    append(id, "call.created",
           fmt::format(R"({{"callId":"{}","ownerId":"{}","accountId":"acct_{}","channel":"text"}})",
                       id, somebody(), chance_.below(2)),
           "ada");
    for (const char* who : people)
        append(id, "call.participant.added",
               fmt::format(R"({{"callId":"{}","participantId":"{}","role":"user"}})", id, who),
               "ada");
}

void History::begin_utterance(const std::string& id, Call& call) {
    const std::string by = somebody();
    const std::string utterance = fmt::format("utt_{}", call.said.size() + 1);
    call.said.push_back({utterance, ""});
    append(
        id, "transcript.utterance.started",
        fmt::format(R"({{"utteranceId":"{}","speaker":"user","participantId":"{}","startMs":0}})",
                    utterance, by),
        by);
    const Late late{id, call.said.size() - 1, by};
    const auto after = static_cast<std::int64_t>(chance_.below(understood_within_ms));
    late_.emplace(clock_.wall() + Millis(after), late);
}

void History::understand(const Late& late) {
    auto& said = calls_.at(late.call).said[late.said];
    said.text = words.at(chance_.below(words.size()));
    if (chance_.below(3) == 0)
        append(late.call, "transcript.partial",
               fmt::format(R"({{"utteranceId":"{}","speaker":"user","text":"{}","startMs":0,)"
                           R"("endMs":5,"rev":1}})",
                           said.utterance_id, said.text.substr(0, 2)),
               late.by);
    append(
        late.call, "transcript.final",
        fmt::format(R"({{"utteranceId":"{}","speaker":"user","text":"{}","startMs":0,"endMs":9}})",
                    said.utterance_id, said.text),
        late.by);
}

void History::understand_what_is_due() {
    while (!late_.empty() && late_.begin()->first <= clock_.wall())
        understand(late_.extract(late_.begin()).mapped());
}

void History::act(const std::string& id, Call& call) {
    const std::string action = fmt::format("act_{}", ++call.actions);
    append(id, "orchestration.action.requested",
           fmt::format(R"({{"actionId":"{0}","actionType":"mail.send","summary":"Write to {1}",)"
                       R"("args":{{"to":"{1}"}},"idempotencyKey":"{0}"}})",
                       action, somebody()),
           "bot");
    append(id, "safety.evaluated",
           fmt::format(R"({{"decisionId":"dec_{0}","subject":{{"kind":"action","id":"{0}"}},)"
                       R"("outcome":"allow","policyId":"p","policyVersion":"7","rules":["r"],)"
                       R"("inputsHash":"{1}","latencyMs":0,"automatic":true}})",
                       action, hash),
           "bot");
}

void History::write_document() {
    if (documents_ == 0 || chance_.below(4) == 0) {
        const std::string id = fmt::format("doc_{}", ++documents_);
        return append(id, "document.created",
                      fmt::format(R"({{"documentId":"{}","kind":"cv","title":"CV","ownerId":"{}",)"
                                  R"("accountId":"acct_1","initial":{{"name":"{}"}}}})",
                                  id, somebody(), somebody()),
                      "ada");
    }
    const std::string id =
        fmt::format("doc_{}", 1 + chance_.below(static_cast<std::uint64_t>(documents_)));
    if (chance_.below(3) == 0)
        return append(id, "document.shared",
                      fmt::format(R"({{"with":{{"userId":"{}"}},"role":"editor"}})", somebody()),
                      "ada");
    const int rev = ++revisions_[id];
    append(id, "document.edited",
           fmt::format(R"({{"rev":{},"baseRev":{},"by":"ada",)"
                       R"("patch":[{{"op":"replace","path":"/name","value":"{} {}"}}]}})",
                       rev, rev - 1, words.at(chance_.below(words.size())), rev),
           "ada");
}

void History::end(const std::string& id, Call& call) {
    call.over = true;
    append(id, "call.ended",
           fmt::format(R"({{"callId":"{}","endedAt":"{}","durationSeconds":1,)"
                       R"("endReason":"completed"}})",
                       id, format_rfc3339(clock_.wall())),
           "ada");
}

// Those that are understood only after the end are so as well.
void History::finish() {
    for (auto& [id, call] : calls_)
        if (!call.over) end(id, call);
    clock_.advance(std::chrono::milliseconds(understood_within_ms));
    understand_what_is_due();
}

}  // namespace lifeline::record
