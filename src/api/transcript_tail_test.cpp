#include "api/transcript_tail.h"

#include <gmock/gmock.h>

#include <string>

namespace lifeline::api {

namespace {

using testing::HasSubstr;
using testing::Not;

class Call {
public:
    void say(const std::string& type, const std::string& id, const std::string& fields) {
        const auto event = checker_.read_stored(contract::event_json(
            "e" + std::to_string(++seq_), "sess_1", "2026-02-16T10:00:00.000Z",
            "transcript." + type, R"({"utteranceId":")" + id + "\"" + fields + "}"));
        ASSERT_TRUE(event.has_value());
        fold.take(*event, "ada", seq_);
    }
    void final(const std::string& id, const std::string& text) {
        say("final", id, R"(,"speaker":"user","startMs":0,"endMs":1,"text":")" + text + "\"");
    }
    std::string tail() {
        fold.keep_last(transcript_tail::utterances_max, transcript_tail::bytes_max);
        contract::JsonWriter json;
        transcript_tail::write(json, fold);
        return json.take();
    }

    transcript::Fold fold;

private:
    contract::EventChecker checker_;
    std::uint64_t seq_ = 0;
};

}  // namespace

TEST(TranscriptTail, SaysWhatWasSaidByWhom) {
    Call call;
    call.final("u", "Hello");
    EXPECT_EQ(call.tail(),
              R"([{"utteranceId":"u","participantId":"ada","speaker":"user","text":"Hello",)"
              R"("state":"final"}])");
}

TEST(TranscriptTail, WhatIsRedactedIsNotShown) {
    Call call;
    call.final("u", "My card is 4111");
    call.say("redacted", "u",
             R"(,"spans":[{"from":11,"to":15,"kind":"card_number"}],"policyId":"p","by":"x")");
    EXPECT_THAT(call.tail(), Not(HasSubstr("4111")));
}

TEST(TranscriptTail, OfWhatBeganBeforeItNothingIsShown) {
    Call call;
    call.say("truncated", "old", R"(,"heardText":"He","playedMs":1)");
    call.final("new", "x");
    EXPECT_THAT(call.tail(), Not(HasSubstr("old")));
}

TEST(TranscriptTail, KeepsTheLastOnes) {
    Call call;
    for (int n = 0; n < 300; ++n) call.final("u" + std::to_string(n), "x");
    const std::string json = call.tail();
    EXPECT_THAT(json, Not(HasSubstr("\"u99\"")));
    EXPECT_THAT(json, HasSubstr("\"u100\""));
    call.final("u299", "closed, and found where it is now");
    EXPECT_EQ(call.fold.utterances().size(), transcript_tail::utterances_max);
}

TEST(TranscriptTail, IsNeverLongerThanAPageCanTake) {
    Call call;
    const std::string text(10'000, 'x');
    for (int n = 0; n < 100; ++n) call.final("u" + std::to_string(n), text);
    EXPECT_LT(call.tail().size(), 300'000u);
}

}  // namespace lifeline::api
