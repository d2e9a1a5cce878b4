#include "transcript/fold.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "transcript/redact.h"
#include "transcript/test_call.h"

namespace lifeline::transcript {

namespace {

const std::string times = R"(,"startMs":100,"endMs":900)";
const std::string user = R"(,"speaker":"user")";

struct Step {
    const char* type;
    std::string fields;
};

Step partial(const char* text, int rev) {
    return {"partial", user + R"(,"text":")" + text + R"(","rev":)" + std::to_string(rev) + times};
}
Step final(const char* text, const char* more = "") {
    return {"final", user + R"(,"text":")" + text + "\"" + times + more};
}
Step cut(const char* heard, const char* more = "") {
    return {"truncated", std::string(R"(,"heardText":")") + heard + R"(","playedMs":300)" + more};
}
Step corrected(const char* before, const char* after) {
    return {"corrected", std::string(R"(,"text":")") + after +
                             R"(","by":"usr_1","previousHash":")" + to_hex(sha256(before)) + "\""};
}
Step redacted(const char* spans) {
    return {"redacted", std::string(R"(,"spans":)") + spans + R"(,"policyId":"p","by":"usr_1")"};
}
const Step started{"utterance.started", user + R"(,"participantId":"ada","startMs":50)"};
const Step failed{"failed", R"(,"code":"speech_silent","message":"nothing")"};

std::string in_short(const Utterance& one) {
    return std::string(to_text(one.progress)) + ": " + one.text;
}

}  // namespace

TEST(Fold, AnUtteranceIsWhatItsEventsCameTo) {
    struct Case {
        const char* name;
        std::vector<Step> given;
        const char* then;
    };
    const Case cases[] = {
        {"begun", {started}, "started: "},
        {"a newer partial replaces the last",
         {partial("I", 1), partial("I wo", 2)},
         "partial: I wo"},
        {"a final one ends it", {started, partial("I", 1), final("I would")}, "final: I would"},
        {"a partial that comes late says nothing",
         {final("I would"), partial("I", 1)},
         "final: I would"},
        {"the first final counts", {final("one"), final("two")}, "final: one"},
        {"cut after its final text", {final("All of it"), cut("All")}, "truncated: All"},
        {"cut before its final text", {cut("All"), final("All of it")}, "truncated: All"},
        {"corrected", {final("Zug"), corrected("Zug", "Zeug")}, "final: Zeug"},
        {"two corrections that crossed",
         {final("a"), corrected("a", "b"), corrected("a", "c")},
         "final: b"},
        {"a correction of what is not final", {partial("a", 1), corrected("a", "b")}, "partial: a"},
        {"redacted",
         {final("My card is 4111."), redacted(R"([{"from":11,"to":15,"kind":"card"}])")},
         "final: My card is ████."},
        {"failed", {started, failed}, "failed: "},
        {"failed, and a part was understood", {partial("Ye", 1), failed}, "failed: Ye"},
        {"what failed is not corrected", {started, failed, corrected("", "Yes")}, "failed: "},
        {"failed, and understood after all", {started, failed, final("Yes")}, "final: Yes"},
        {"what is settled does not fail", {final("Yes"), failed}, "final: Yes"},
    };
    for (const Case& one : cases) {
        TestCall call;
        for (const Step& step : one.given) call.say(step.type, "u", step.fields);
        ASSERT_EQ(call.fold.utterances().size(), 1U) << one.name;
        EXPECT_EQ(in_short(call.only()), one.then) << one.name;
    }
}

TEST(Fold, KeepsWhatWasSaidAboutTheWords) {
    TestCall call;
    const char* words = R"(,"lang":"de-DE","source":"stt","words":[{"w":"Ja","s":100,"e":900}])";
    call.say("utterance.started", "u", started.fields);
    call.say("final", "u", final("Ja", words).fields);
    EXPECT_EQ(call.only().language, "de-DE");
    EXPECT_EQ(call.only().source, "stt");
    EXPECT_EQ(call.only().words_json, R"([{"w":"Ja","s":100,"e":900}])");
    EXPECT_EQ(call.only().participant_id, "ada");
    EXPECT_EQ(call.only().seq, 1U);
    EXPECT_EQ(call.only().last_seq, 2U);
    call.say("corrected", "u", corrected("Ja", "Nein").fields);
    EXPECT_TRUE(call.only().corrected);
    EXPECT_TRUE(call.only().words_json.empty()) << "they are of another text";
}

TEST(Fold, WhatIsDestroyedIsNotLeftBesides) {
    TestCall call;
    call.say("final", "u",
             final("secret words", R"(,"words":[{"w":"secret","s":1,"e":2}])").fields);
    call.say("truncated", "u", cut("secret").fields);
    EXPECT_EQ(call.only().generated_text, "secret words");
    call.say("redacted", "u", redacted(R"([{"from":0,"to":6,"kind":"name"}])").fields);
    EXPECT_EQ(call.only().text, "██████");
    EXPECT_EQ(call.only().generated_text, "");
    EXPECT_EQ(call.only().words_json, "");
    EXPECT_EQ(call.only().redactions, (std::vector<Redaction>{{0, 6, "name"}}));
}

// Finals may come in any order and long after: who spoke first stands first.
TEST(Fold, PropertyTheOrderIsThatOfTheFirstEvents) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        SeededRandom random(seed);
        TestCall call;
        std::vector<int> order(20);
        std::iota(order.begin(), order.end(), 0);
        for (const int n : order)
            call.say("utterance.started", "u" + std::to_string(n), started.fields);
        for (std::size_t left = order.size(); left > 1; --left)
            std::swap(order[left - 1], order[random.below(left)]);
        for (const int n : order) call.final("u" + std::to_string(n), "said " + std::to_string(n));
        for (int n = 0; n < 20; ++n) {
            const Utterance& one = call.fold.utterances()[static_cast<std::size_t>(n)];
            EXPECT_EQ(one.id, "u" + std::to_string(n)) << "seed " << seed;
            EXPECT_EQ(one.text, "said " + std::to_string(n)) << "seed " << seed;
        }
    }
}

TEST(Fold, KnowsTheNamesOfThoseWhoJoined) {
    TestCall call;
    call.event(
        "call.participant.joined",
        R"({"callId":"sess_1","participantId":"ada","role":"user","identity":{"userId":"ada","displayName":"Ada L."}})");
    EXPECT_THAT(call.fold.names(), testing::ElementsAre(testing::Pair("ada", "Ada L.")));
    EXPECT_TRUE(call.fold.utterances().empty());
}

TEST(Redact, CountsCodePoints) {
    EXPECT_EQ(blacken("Grüße 👋!", 2, 4), "Gr██e 👋!");
    EXPECT_EQ(blacken("Grüße 👋!", 6, 7), "Grüße █!");
    EXPECT_EQ(blacken("abc", 1, 99), "a██");
    EXPECT_EQ(blacken("abc", 7, 9), "abc");
    EXPECT_EQ(blacken("", 0, 1), "");
}

}  // namespace lifeline::transcript
