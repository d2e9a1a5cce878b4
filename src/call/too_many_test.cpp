#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"

namespace lifeline::call {

namespace {

using testing::HasSubstr;

Error refusal(const Call& call, Request request, Role role = Role::user, std::string who = "ada") {
    const auto decision =
        decide(call.state, {std::move(request), actor_of(role, std::move(who)), role}, call.now,
               *call.judge);
    EXPECT_FALSE(decision.has_value());
    return decision ? Error{} : decision.error();
}

contract::Event turn(Call& call, int number) {
    const std::string id = std::to_string(number);
    auto event = call.checker.check(contract::event_json(
        "evt_" + id, "sess_1", format_rfc3339(call.now), "orchestration.turn.started",
        R"({"turnId":"turn_)" + id + R"(","orchestrator":"o","inputUtteranceIds":[]})"));
    EXPECT_TRUE(event.has_value());
    return *std::move(event);
}

}  // namespace

// The reason is one for all; of what there is too much, and what helps, stands in the detail.
TEST(TooMany, TheRefusalSaysOfWhat) {
    Call call;
    call.running();
    const auto invite = [](int number) {
        return CreateInvite{"inv_" + std::to_string(number), Role::viewer, 1,
                            std::chrono::minutes(5)};
    };
    for (int i = 0; i < 256; ++i) ASSERT_EQ(call.run(invite(i)), "call.invite.created");
    const Error invites = refusal(call, invite(256));
    EXPECT_EQ(invites.reason, "limit_exceeded");
    EXPECT_THAT(invites.detail, HasSubstr("256 invites"));

    for (int i = 0; i < 64; ++i)
        ASSERT_EQ(call.run(Publish{turn(call, i)}, Role::agent, "bot"),
                  "orchestration.turn.started");
    const Error turns = refusal(call, Publish{turn(call, 64)}, Role::agent, "bot");
    EXPECT_EQ(turns.reason, "limit_exceeded");
    EXPECT_THAT(turns.detail, HasSubstr("64 of the sender's turns"));
}

// Who was removed is kept for ever: without a bound, adding and removing new people would grow the
// call as long as it lasts.
TEST(TooMany, PeopleWhoCameAndWentAreCounted) {
    Call call;
    call.running();
    const auto name = [](std::size_t number) { return "usr_" + std::to_string(number); };
    std::size_t number = 0;
    while (call.state.participants.size() < 512) {
        ASSERT_EQ(call.run(AddParticipant{{name(number), Role::user, ""}}),
                  "call.participant.added");
        ASSERT_EQ(call.run(RemoveParticipant{name(number), ""}), "call.participant.left");
        ++number;
    }
    call.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::minutes(5)});
    for (const Error& refused :
         {refusal(call, AddParticipant{{name(number), Role::user, ""}}),
          refusal(call, RedeemInvite{"inv_1", {name(number), Role::viewer, ""}}, Role::server,
                  "lifeline")}) {
        EXPECT_EQ(refused.reason, "limit_exceeded");
        EXPECT_THAT(refused.detail, HasSubstr("512 people"));
    }
    EXPECT_EQ(call.run(AddParticipant{{name(0), Role::user, ""}}), "call.participant.added")
        << "who was here before is no new one";
}

}  // namespace lifeline::call
