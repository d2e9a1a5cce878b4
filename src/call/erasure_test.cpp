#include <algorithm>

#include "call/test_call.h"

namespace lifeline::call {

namespace {

const std::string kept =
    R"({"because":"request","events":9,"upToSeq":9,"erasureId":"era_1","kept":{"ownerId":"ada",)"
    R"("accountId":"acct_1","createdAt":"2026-02-16T10:00:00.000Z",)"
    R"("endedAt":"2026-02-16T10:00:01.000Z","outcome":"ended","channel":"voice",)"
    R"("participants":[{"userId":"ada","role":"user"},{"userId":"bot","role":"agent"}]}})";

// A call with something of everything in it, which is over.
void talk(Call& call) {
    call.running();
    call.publish("transcript.final",
                 R"({"utteranceId":"u1","speaker":"user","text":"Hi","startMs":0,"endMs":9})");
    call.publish("orchestration.turn.started",
                 R"({"turnId":"t1","orchestrator":"o","inputUtteranceIds":["u1"]})", Role::agent,
                 "bot");
    call.run(CreateInvite{"inv_1", Role::user, 1, std::chrono::hours(1)});
    call.run(RedeemInvite{"inv_1", {"eve", Role::user, "Eve"}}, Role::user, "eve");
    call.run(LineChanged{"eve", true}, Role::server, "lifeline");
    call.run(LineChanged{"eve", false}, Role::server, "lifeline");
    call.run(SetStatus{.wanted = Status::ended,
                       .provider = {},
                       .provider_ids = {},
                       .reason = {},
                       .detail = "bye"});
}

}  // namespace

TEST(Erasure, IsWrittenDownOnlyOnceTheCallIsOver) {
    Call call;
    call.running();
    EXPECT_EQ(call.run(RecordErased{"ll_erased:9", kept}, Role::server, "lifeline"),
              "refused erasure_needs_end");
    talk(call);
    EXPECT_EQ(call.run(RecordErased{"ll_erased:9", kept}, Role::server, "lifeline"),
              "record.erased");
    EXPECT_EQ(call.state.status, Status::ended);
}

// Whichever of its events were erased: it is over, theirs who it was, and nobody else's.
TEST(Erasure, ACallStandsWithoutAnyOfItsEvents) {
    Call call;
    talk(call);
    call.run(RecordErased{"ll_erased:9", kept}, Role::server, "lifeline");
    const auto fold = [&](auto erased) {
        State state;
        state.id = "sess_1";
        for (std::size_t i = 0; i < call.log.size(); ++i) {
            const auto event = call.checker.read_stored(call.log[i]);
            ASSERT_TRUE(event.has_value());
            if (i + 1 == call.log.size() || !erased(i, *event)) apply(state, *event, "ada", i + 1);
        }
        EXPECT_EQ(state.owner_id, "ada");
        EXPECT_EQ(state.account_id, "acct_1");
        EXPECT_TRUE(state.over());
        EXPECT_EQ(next_deadline(state), WallTime::max());
        ASSERT_NE(state.participant("bot"), nullptr);
        EXPECT_EQ(state.participant("bot")->role, Role::agent);
        EXPECT_FALSE(state.participant("bot")->removed);
    };
    fold([](std::size_t, const contract::Event&) { return false; });
    fold([](std::size_t, const contract::Event&) { return true; });
    for (std::size_t one = 0; one < call.log.size(); ++one) {
        SCOPED_TRACE(call.log[one]);
        const auto invite = call.log[one].find("call.invite.created") != std::string::npos;
        if (!invite)  // Ids and times alone: it is never erased.
            fold([&](std::size_t i, const contract::Event&) { return i == one; });
    }
}

}  // namespace lifeline::call
