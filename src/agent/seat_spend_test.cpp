// What a seat's turns cost, and what stops them.
#include <gtest/gtest.h>

#include "agent/test_call.h"

namespace lifeline::agent {

using namespace std::chrono_literals;

TEST(Seat, StopsAtItsCapsAndSaysSo) {
    TestCall call;
    call.settings.caps.call.tokens = 200;
    call.restart();
    for (int i = 0; i < 4; ++i) {
        call.say("Hello?");
        call.run_for(5s);
    }
    EXPECT_EQ(call.asked.size(), 2U);
    EXPECT_EQ(call.last_words(), call.settings.quota_text);
    const auto denied = call.events("billing.quota.denied");
    ASSERT_EQ(denied.size(), 2U);
    EXPECT_EQ(denied[0].text("quota"), "agent.call.tokens");
    EXPECT_EQ(denied[0].find("current")->as_integer(), 220);
    // Also after a restart: what was spent is in the journal.
    call.restart();
    call.say("Hello?");
    call.run_for(5s);
    EXPECT_EQ(call.asked.size(), 2U);
}

TEST(Seat, CountsEveryAttemptThatAModelMayHaveWorkedOn) {
    TestCall call;
    call.answer = [](const Prompt&) {
        return Reply{.gave_way = {{.reason = "model_rate_limited", .reached = false},
                                  {.reason = "model_cut"},
                                  {.reason = "model_stalled"}},
                     .pieces = {"Here."}};
    };
    call.say("Hello?");
    call.run_for(2s);
    EXPECT_EQ(call.last_words(), "Here.");
    const auto usage = call.events("billing.usage.reported");
    ASSERT_EQ(usage.size(), 3U);
    EXPECT_EQ(usage[0].text("source"), "estimated");
    EXPECT_EQ(usage[1].text("source"), "estimated");
    EXPECT_EQ(usage[2].text("quantity"), "110");
}

TEST(Seat, CostsAreCappedLikeTokens) {
    TestCall call;
    call.settings.prices = {.input = 1'000'000, .output = 1'000'000};
    call.settings.caps.call = {.tokens = 0, .nano = 200};
    call.restart();
    for (int i = 0; i < 3; ++i) {
        call.say("Hello?");
        call.run_for(5s);
    }
    EXPECT_EQ(call.asked.size(), 2U) << "110 nano-units each";
    EXPECT_EQ(call.events("billing.quota.denied").at(0).text("quota"), "agent.call.cost");
}

}  // namespace lifeline::agent
