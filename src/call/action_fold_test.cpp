#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

namespace lifeline::call {

TEST(Actions, SayInOneWordWhyTheyAreOver) {
    const auto word = [](auto bring) {
        Agency call;
        bring(call);
        const Action& action = call.state.actions.front();
        return action.outcome + " " + action.code;
    };
    EXPECT_EQ(word([](Agency& c) { running_send(c), c.finish("a", Done::failed); }),
              "failed broken");
    EXPECT_EQ(word([](Agency& c) { running_send(c), c.finish("a", Done::succeeded); }),
              "succeeded ");
    EXPECT_EQ(word([](Agency& c) { sent(c), c.answer("a", "deny"); }), "cancelled denied");
    EXPECT_EQ(word([](Agency& c) { sent(c), c.cancel("a", "ada", Role::user); }), "cancelled user");
    EXPECT_EQ(word([](Agency& c) { c.ask("a", "nonsense"); }), "rejected unknown_type");
}

TEST(Actions, AreTheFoldOfTheirEvents) {
    Agency call;
    call.ask("a", "send", R"({"to":"a","n":1.0})");
    call.answer("a", "edit", "ada", Role::user, R"({"to":"b"})");
    call.answer("a", "approve");
    call.claim("a");
    call.ask("b", "look_up");
    call.claim("b");
    call.finish("b", Done::failed, true);
    call.ask("c", "send");
    State again;
    again.id = call.state.id;
    std::uint64_t seq = 0;
    for (const auto& json : call.log) {
        const auto event = call.checker.read_stored(json);
        ASSERT_TRUE(event.has_value());
        apply(again, *event, "bot", ++seq);
    }
    ASSERT_EQ(again.actions.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const Action& one = again.actions[i];
        const Action& other = call.state.actions[i];
        EXPECT_EQ(one.state, other.state);
        EXPECT_EQ(one.outcome, other.outcome);
        EXPECT_EQ(one.code, other.code);
        EXPECT_EQ(one.args_json, other.args_json);
        EXPECT_EQ(one.args_hash, other.args_hash);
        EXPECT_EQ(one.fence, other.fence);
        EXPECT_EQ(one.retry_at, other.retry_at);
        EXPECT_EQ(one.evaluations, other.evaluations);
        EXPECT_EQ(one.approved_by, other.approved_by);
    }
    EXPECT_EQ(again.actions[0].args_json, R"({"to":"b"})");
    EXPECT_EQ(next_deadline(again), next_deadline(call.state));
}

}  // namespace lifeline::call
