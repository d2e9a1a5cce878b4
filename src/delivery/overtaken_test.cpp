#include "delivery/overtaken.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline::delivery {

namespace {

std::string event(int n, std::string_view type, std::string_view payload) {
    return contract::event_json("e" + std::to_string(n), "sess_1", "2026-02-16T10:00:00.000Z", type,
                                payload);
}

// One of a few short words for an event.
std::string bytes_of(int n, const std::string& word) {
    const std::string id = word.substr(word.find(' ') + 1);
    if (word.starts_with("partial"))
        return event(n, "transcript.partial",
                     R"({"utteranceId":")" + id +
                         R"(","speaker":"user","text":"a","startMs":0,"endMs":1,"rev":)" +
                         std::to_string(n) + "}");
    if (word.starts_with("final"))
        return event(
            n, "transcript.final",
            R"({"utteranceId":")" + id +
                R"(","speaker":"user","text":"a","startMs":0,"endMs":1,"source":"typed"})");
    if (word.starts_with("speech"))
        return event(
            n, "call.speech.changed",
            R"({"callId":"sess_1","participantId":")" + id + R"(","speaking":true,"atMs":1})");
    if (word.starts_with("nested"))  // Says of itself that it is something else.
        return event(n, "x.note", R"({"type":"transcript.partial","utteranceId":")" + id + R"("})");
    return event(n, "x.note", "{}");
}

}  // namespace

TEST(Overtaken, OnlyWhatTheCatalogueLetsALaterOneReplace) {
    struct Case {
        const char* name;
        std::vector<std::string> events;
        const char* out;  // A dash for each that stays, an x for each that may be left out.
    };
    const Case cases[] = {
        {"nothing", {}, ""},
        {"a partial by a later one of its utterance", {"partial u1", "partial u1"}, "x-"},
        {"all but the last", {"partial u1", "partial u1", "partial u1", "note"}, "xx--"},
        {"by the final", {"partial u1", "note", "final u1"}, "x--"},
        {"not by another utterance's", {"partial u1", "partial u2", "final u2"}, "-x-"},
        {"not by an earlier one", {"final u1", "partial u1"}, "--"},
        {"a final never", {"final u1", "final u1"}, "--"},
        {"who speaks, by who speaks", {"speech ada", "speech bob", "speech ada"}, "x--"},
        {"an utterance is not a participant", {"partial ada", "speech ada"}, "--"},
        {"what only says that it is one", {"nested u1", "partial u1", "nested u1"}, "---"},
    };
    contract::EventChecker checker;
    for (const auto& [name, words, out] : cases) {
        SCOPED_TRACE(name);
        std::vector<journal::StoredEvent> events;
        for (const auto& word : words) {
            journal::StoredEvent stored;
            stored.seq = events.size() + 1;
            stored.bytes = bytes_of(static_cast<int>(stored.seq), word);
            ASSERT_TRUE(checker.read_stored(stored.bytes).has_value()) << stored.bytes;
            events.push_back(std::move(stored));
        }
        std::string got;
        for (const bool one : overtaken(events, checker)) got += one ? 'x' : '-';
        EXPECT_EQ(got, out);
    }
}

TEST(Overtaken, WhatIsErasedSaysNothing) {
    contract::EventChecker checker;
    std::vector<journal::StoredEvent> events(2);
    events[0].bytes = bytes_of(1, "partial u1");
    events[1].erased = true;
    for (const bool one : overtaken(events, checker)) EXPECT_FALSE(one);
}

}  // namespace lifeline::delivery
