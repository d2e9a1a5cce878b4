#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"

namespace lifeline::call {

// One terminal event of each turn, of the agent that started it.
TEST(Decide, WhatBecomesOfATurn) {
    const auto started = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish(
            "orchestration.turn.started",
            R"({"turnId":")" + id + R"(","orchestrator":"scripted","inputUtteranceIds":[]})",
            Role::agent, std::move(who));
    };
    const auto completed = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish(
            "orchestration.turn.completed",
            R"({"turnId":")" + id + R"(","durationMs":1,"stopReason":"end_turn","text":""})",
            Role::agent, std::move(who));
    };
    const auto cancelled = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish("orchestration.turn.cancelled",
                            R"({"turnId":")" + id + R"(","durationMs":1,"cause":"barge_in"})",
                            Role::agent, std::move(who));
    };
    const auto failed = [](Call& call, std::string id) {
        return call.publish("orchestration.turn.failed",
                            R"({"turnId":")" + id +
                                R"(","durationMs":1,"code":"down","message":"m","retryable":true})",
                            Role::agent, "bot");
    };
    const auto delta = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish("orchestration.turn.delta",
                            R"({"turnId":")" + id + R"(","itemId":"i","deltaText":"x","offset":0})",
                            Role::agent, std::move(who));
    };
    Call call;
    call.running();
    call.run(AddParticipant{{"other", Role::agent, ""}});
    EXPECT_EQ(completed(call, "t1"), "refused turn_unknown");
    EXPECT_EQ(delta(call, "t1"), "refused turn_unknown");
    EXPECT_EQ(started(call, "t1"), "orchestration.turn.started");
    EXPECT_EQ(started(call, "t1"), "refused turn_exists");
    EXPECT_EQ(delta(call, "t1"), "orchestration.turn.delta");
    EXPECT_EQ(delta(call, "t1", "other"), "refused turn_not_yours");
    EXPECT_EQ(cancelled(call, "t1", "other"), "refused turn_not_yours");
    EXPECT_EQ(completed(call, "t1"), "orchestration.turn.completed");
    EXPECT_EQ(completed(call, "t1"), "refused turn_closed");
    EXPECT_EQ(cancelled(call, "t1"), "refused turn_closed");
    EXPECT_EQ(failed(call, "t1"), "refused turn_closed");
    EXPECT_EQ(delta(call, "t1"), "refused turn_closed");
    EXPECT_EQ(started(call, "t1"), "refused turn_exists");
    EXPECT_EQ(started(call, "t2") + " " + failed(call, "t2"),
              "orchestration.turn.started orchestration.turn.failed");
    EXPECT_EQ(started(call, "t3") + " " + cancelled(call, "t3"),
              "orchestration.turn.started orchestration.turn.cancelled");
    EXPECT_TRUE(call.state.open_turns.empty());
    for (int i = 0; i < 64; ++i) started(call, "open" + std::to_string(i));
    EXPECT_EQ(started(call, "open64"), "refused limit_exceeded");
    EXPECT_EQ(started(call, "o1", "other"), "orchestration.turn.started");
}

}  // namespace lifeline::call
