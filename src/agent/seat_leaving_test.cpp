// A turn that is cut off because nobody is there any more who could answer, or be answered.
#include <gtest/gtest.h>

#include "agent/test_call.h"

namespace lifeline::agent {

namespace {

using namespace std::chrono_literals;

std::string shown(TestCall& call) {
    std::string text;
    for (const auto& delta : call.events("orchestration.turn.delta"))
        text += *delta.text("deltaText");
    return text;
}

// In the middle of a long answer.
void talk(TestCall& call) {
    call.answer = [](const Prompt&) {
        return Reply{.pieces = std::vector<std::string>(100, "word ")};
    };
    call.say("Talk");
    call.run_for(2s);
    ASSERT_EQ(call.count("orchestration.turn.started"), 1U);
    ASSERT_EQ(call.host->turns(), 1U);
}

std::string remove(TestCall& call) {
    return call.submit(call::RemoveParticipant{"agt_helper", "removed"}, {"user", "ada"},
                       contract::Role::user);
}

std::string add(TestCall& call) {
    return call.submit(call::AddParticipant{{"agt_helper", contract::Role::agent, "Helper"}},
                       {"user", "ada"}, contract::Role::user);
}

}  // namespace

TEST(SeatLeaving, WhatACutTurnCostAndSaidIsOnRecordAndItIsOver) {
    struct Case {
        const char* name;
        std::string (*leave)(TestCall&);
        const char* cut;
        const char* end;
        const char* key;
        const char* why;
    };
    const Case cases[] = {
        {"they hang up", [](TestCall& call) { return call.publish("call.end.requested", "{}"); },
         "hangup", "orchestration.turn.cancelled", "cause", "session_end"},
        {"the agent is sent away", remove, "hangup", "orchestration.turn.cancelled", "cause",
         "removed"},
        {"the process stops",
         [](TestCall& call) {
             bool left = false;
             call.host->stop([&left] { left = true; });
             call.run_for(100ms);
             return std::string(left ? "ok" : "still there");
         },
         "error", "orchestration.turn.failed", "code", "restarted"},
    };
    for (const auto& [name, leave, cut, end, key, why] : cases) {
        SCOPED_TRACE(name);
        TestCall call;
        talk(call);
        EXPECT_EQ(leave(call), "ok");
        call.run_for(1s);
        EXPECT_EQ(call.host->seats(), 0U);
        const auto usage = call.events("billing.usage.reported");
        ASSERT_EQ(usage.size(), 1U);
        EXPECT_EQ(usage[0].find("quantity")->kind(), contract::Json::Kind::null);
        const auto truncated = call.events("transcript.truncated");
        ASSERT_EQ(truncated.size(), 1U);
        EXPECT_EQ(truncated[0].text("cause"), cut);
        EXPECT_EQ(truncated[0].text("heardText"), shown(call));
        const auto ended = call.events(end);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].text(key), why);
    }
}

TEST(SeatLeaving, AfterAStopTheNextProcessAnswersAndMeasuresNothingAgain) {
    TestCall call;
    talk(call);
    call.host->stop([] {});
    call.run_for(1s);
    call.answer = [](const Prompt&) { return Reply{.pieces = {"Here."}}; };
    call.restart();
    call.run_for(3s);
    EXPECT_EQ(call.last_words(), "Here.");
    EXPECT_EQ(call.count("orchestration.turn.failed"), 1U);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 1U);
    EXPECT_EQ(call.count("billing.usage.reported"), 2U);
}

TEST(SeatLeaving, OfATurnThatDiedTheCostIsNotForgotten) {
    TestCall call;
    call.settings.caps.call = {.tokens = 40, .nano = 0};
    call.restart();
    talk(call);
    call.restart();
    call.run_for(3s);
    const auto usage = call.events("billing.usage.reported");
    ASSERT_EQ(usage.size(), 1U);
    EXPECT_EQ(usage[0].text("source"), "estimated");
    EXPECT_EQ(call.asked.size(), 1U) << "the cap holds";
    EXPECT_EQ(call.last_words(), call.settings.quota_text);
}

TEST(SeatLeaving, OfAnAgentThatWasSentAwayWhileItsProcessWasDeadNoTurnStaysOpen) {
    TestCall call;
    talk(call);
    call.host.reset();
    EXPECT_EQ(remove(call), "ok");
    call.restart();
    call.run_for(3s);
    EXPECT_EQ(call.count("orchestration.turn.failed"), 1U);
    EXPECT_EQ(call.count("transcript.truncated"), 1U);
    EXPECT_EQ(call.count("billing.usage.reported"), 1U);
    EXPECT_EQ(call.host->seats(), 0U);
}

TEST(SeatLeaving, AnAgentThatIsAskedBackAtOnceIsThereAndWhatItCostCountsOnce) {
    TestCall call;
    call.say("Hello");
    call.run_for(2s);
    const auto spent = [&] { return call.host->ledger().of_day(call.loop.clock().wall()).tokens; };
    EXPECT_EQ(spent(), 110);
    EXPECT_EQ(remove(call), "ok");
    EXPECT_EQ(add(call), "ok");
    call.host->joined("agt_helper", call.id);
    call.run_for(1s);
    EXPECT_EQ(spent(), 110);
    call.say("Still there?");
    call.run_for(2s);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 2U);
    EXPECT_EQ(spent(), 220);
    EXPECT_EQ(call.host->seats(), 1U);
}

// Its seat has not heard yet that it was sent away when it is told that it is asked again.
TEST(SeatLeaving, AnAgentThatIsAskedBackFasterThanItHearsIsThere) {
    TestCall call;
    std::string outcome;
    const auto note = [&outcome](const Result<session::Receipt>& receipt) {
        outcome += receipt ? "ok " : receipt.error().reason;
    };
    const call::Command away{
        call::RemoveParticipant{"agt_helper", "removed"}, {"user", "ada"}, contract::Role::user};
    const call::Command back{call::AddParticipant{{"agt_helper", contract::Role::agent, "Helper"}},
                             {"user", "ada"},
                             contract::Role::user};
    call.sessions->submit(call.id, away, call.loop, note);
    call.sessions->submit(call.id, back, call.loop, note);
    call.host->joined("agt_helper", call.id);
    call.run_for(1s);
    EXPECT_EQ(outcome, "ok ok ");
    call.say("Hello");
    call.run_for(2s);
    EXPECT_EQ(call.last_words(), "Yes.");
}

}  // namespace lifeline::agent
