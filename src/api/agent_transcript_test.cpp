#include "api/agent_transcript.h"

#include <gtest/gtest.h>

#include "contract/json.h"
#include "transcript/test_call.h"

namespace lifeline::api {

namespace {

// "one;two| next 7 more"
std::string shown(const transcript::TestCall& call, std::int64_t after, std::int64_t limit,
                  std::uint64_t head) {
    const auto json =
        contract::Json::parse(agent_transcript(call.fold, {.after = after, .limit = limit}, head));
    std::string all;
    for (const auto& line : json->find("utterances")->items()) {
        all += std::string(*line.text("text"));
        all += line.find("cutShort") ? "~;" : ";";
    }
    all += "|" + std::to_string(*json->find("next")->as_integer());
    return all + (*json->find("more")->as_bool() ? " more" : "");
}

}  // namespace

TEST(AgentTranscript, IsWhatWasHeardInTheOrderInWhichItBegan) {
    transcript::TestCall call;
    call.say("utterance.started", "a", R"(,"speaker":"user","participantId":"ada","startMs":0)");
    call.final("b", "two");                                            // 2
    call.final("a", "one");                                            // 3
    call.say("truncated", "c", R"(,"heardText":"thr","playedMs":1)");  // 4
    call.final("c", "three");                                          // 5
    call.say("partial", "d",
             R"(,"speaker":"user","text":"fo","startMs":1,"endMs":2,"rev":1)");  // 6
    EXPECT_EQ(shown(call, -1, 50, 6), "one;two;thr~;|6");
    EXPECT_EQ(shown(call, -1, 2, 6), "two;thr~;|6");
    // In pages nothing is passed over that became so out of its order.
    EXPECT_EQ(shown(call, 0, 1, 6), "two;|2 more");
    EXPECT_EQ(shown(call, 2, 1, 6), "one;|3 more");
    EXPECT_EQ(shown(call, 3, 1, 6), "thr~;|6");
    EXPECT_EQ(shown(call, 6, 1, 6), "|6");
}

TEST(AgentTranscript, ShowsNothingOfWhatWasRedactedAndTellsOfItAgain) {
    transcript::TestCall call;
    call.final("a", "card 1234 ok");
    call.final("b", "yes");
    call.say("redacted", "a",
             R"(,"spans":[{"from":5,"to":9,"kind":"card"}],"policyId":"p","by":"x")");
    EXPECT_EQ(shown(call, 0, 50, 3), "card ████ ok;yes;|3");
    EXPECT_EQ(shown(call, 2, 50, 3), "card ████ ok;|3");
}

}  // namespace lifeline::api
