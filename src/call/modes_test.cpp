#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"

namespace lifeline::call {

namespace {

std::string shown(const State& state) {
    std::string all;
    for (const Mode& mode : state.modes)
        all += mode.name + (mode.active ? " on " : " off ") + std::to_string(mode.rev) + " " +
               mode.context_json + "; ";
    return all;
}

struct Modes : Call {
    Modes() { running(); }
    void change(std::string mode, std::string state, int rev, std::string context = "") {
        const std::string more = context.empty() ? "" : R"(,"context":)" + context;
        EXPECT_EQ(publish("orchestration.mode.changed",
                          R"({"mode":")" + mode + R"(","state":")" + state +
                              R"(","reason":"asked","rev":)" + std::to_string(rev) + more + "}",
                          Role::agent, "bot"),
                  "orchestration.mode.changed");
    }
};

}  // namespace

TEST(Modes, AreAsTheirNewestChangeSays) {
    Modes call;
    call.change("cv", "activated", 1, R"({"section":1})");
    call.change("interview", "updated", 1);
    EXPECT_EQ(shown(call.state), R"(cv on 1 {"section":1}; interview on 1 ; )");
    call.change("cv", "updated", 3);
    call.change("cv", "deactivated", 2);
    EXPECT_EQ(shown(call.state), R"(cv on 3 {"section":1}; interview on 1 ; )")
        << "an older change is none, and what is not said stays";
    call.change("cv", "deactivated", 4);
    EXPECT_EQ(shown(call.state), R"(cv off 4 {"section":1}; interview on 1 ; )");
}

TEST(Modes, AreNoMoreThanAnybodyLooksAt) {
    Modes call;
    for (int i = 0; i < 60; ++i) call.change("m" + std::to_string(i), "activated", 1);
    EXPECT_EQ(call.state.modes.size(), 50u);
    EXPECT_EQ(call.state.modes.front().name, "m10");
}

}  // namespace lifeline::call
