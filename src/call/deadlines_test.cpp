#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "call/deadlines.h"
#include "call/test_call.h"

namespace lifeline::call {

TEST(Deadlines, FireOnceAndInTheirOrder) {
    Call call;
    call.create();
    EXPECT_EQ(next_deadline(call.state), begin + std::chrono::minutes(5));
    call.now = begin + std::chrono::minutes(4);
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    call.run(LineChanged{"ada", true});
    const WallTime connected = call.now;
    EXPECT_EQ(next_deadline(call.state), connected + std::chrono::minutes(59));
    call.now = connected + std::chrono::minutes(59);
    EXPECT_EQ(call.run(TimePassed{}), "call.deadline.warning");
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    EXPECT_EQ(next_deadline(call.state), connected + std::chrono::hours(1));
    call.now = connected + std::chrono::hours(1);
    EXPECT_EQ(call.run(TimePassed{}), "call.ended");
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    EXPECT_EQ(next_deadline(call.state), WallTime::max());
    EXPECT_EQ(call.state.end_reason, "timeout");
}

TEST(Deadlines, NobodyConnectsInTime) {
    Call call;
    call.create();
    call.now = begin + std::chrono::minutes(5);
    EXPECT_EQ(call.run(TimePassed{}), "call.terminal_failure");
    EXPECT_EQ(call.state.end_reason, "connect_timeout");
}

// Whoever comes late reads in one event where the record ends, and what to do next.
TEST(Deadlines, ACallThatFailedSaysWhereItStopsAndWhatToDo) {
    const auto last_words = [](Call& call) {
        EXPECT_TRUE(call.state.over());
        const auto event = call.checker.read_stored(call.log.back());
        EXPECT_TRUE(event.has_value());
        namespace f = contract::field::call_terminal_failure;
        EXPECT_EQ(event->integer(f::last_seq), static_cast<std::int64_t>(call.log.size() - 1));
        return std::string(event->text(f::fix));
    };
    Call nobody_came;
    nobody_came.create();
    nobody_came.now = begin + std::chrono::minutes(5);
    nobody_came.run(TimePassed{});
    EXPECT_TRUE(last_words(nobody_came).starts_with("Start a new call, and connect"));

    Call lost;
    lost.running();
    lost.publish("orchestration.turn.started",
                 R"({"turnId":"turn_1","orchestrator":"o","inputUtteranceIds":[]})", Role::agent,
                 "bot");
    lost.run(LineChanged{"ada", false}, Role::server, "lifeline");
    lost.now = next_deadline(lost.state);
    EXPECT_EQ(lost.run(TimePassed{}), "orchestration.turn.cancelled call.terminal_failure");
    EXPECT_TRUE(last_words(lost).contains("carries on from this one"));
}

// A service says when its line stood. Whatever it says, the call keeps its own time.
TEST(Deadlines, AServiceClaimsNoTimeThatTheCallDidNotHave) {
    const WallTime latest = begin + std::chrono::minutes(5);
    struct Case {
        const char* ts;
        WallTime connected;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00.000Z", begin},
        {"2020-01-01T00:00:00.000Z", begin},
        {"0000-01-01T00:00:00.000Z", begin},
        {"9999-12-31T23:59:59.999Z", latest},
        {"2026-02-16T10:01:00.000Z", begin + std::chrono::minutes(1)},
    };
    for (const auto& [ts, connected] : cases) {
        SCOPED_TRACE(ts);
        Call call;
        call.create("ada", "livekit");
        call.publish("call.started",
                     R"({"callId":"sess_1","channel":"voice","direction":"inbound",)"
                     R"("provider":"livekit"})",
                     Role::service, "key_1", "1970-01-01T00:00:00.000Z");
        EXPECT_EQ(call.state.started_at, begin);
        call.now += std::chrono::seconds(10);
        const auto payload = R"({"callId":"sess_1","connectedAt":")" + std::string(ts) + R"("})";
        EXPECT_EQ(call.publish("call.connected", payload, Role::service, "key_1", ts),
                  "call.connected");
        EXPECT_EQ(call.state.connected_at, connected);
        EXPECT_EQ(call.run(TimePassed{}), "nothing");
        EXPECT_EQ(call.run(LineChanged{"ada", true}),
                  "call.participant.joined call.participant.connection.changed");
        EXPECT_EQ(next_deadline(call.state), connected + std::chrono::minutes(59));
    }
}

TEST(Deadlines, DoNotGoBeyondTheEndOfTime) {
    EXPECT_EQ(later(WallTime::max(), Millis(1)), WallTime::max());
    EXPECT_EQ(later(begin, Millis::max()), WallTime::max());
    EXPECT_EQ(later(begin, Millis(1)), begin + Millis(1));
    EXPECT_EQ(later(WallTime::min(), Millis::max()), WallTime::min() + Millis::max());
}

// Whom a call waits for, from when on, and how long.
TEST(Deadlines, ACallThatNobodyComesBackToIsReaped) {
    struct Case {
        const char* name;
        std::function<void(Call&)> given;
        std::optional<Millis> reaped;  // After the beginning.
    };
    const auto minutes = [](int n) { return std::optional<Millis>(std::chrono::minutes(n)); };
    const auto at = [](Call& call, int minute) { call.now = begin + std::chrono::minutes(minute); };
    const auto activate = [](Call& call, std::string provider) {
        SetStatus change;
        change.provider = std::move(provider);
        return call.run(change, Role::service, "key_1");
    };
    const auto add = [](Call& call, std::string who) {
        call.run(AddParticipant{{std::move(who), Role::user, ""}}, Role::service, "key_1");
    };
    const Case cases[] = {
        {"its owner is there", [&](Call& c) { c.running(); }, std::nullopt},
        {"its owner is gone",
         [&](Call& c) {
             c.running();
             at(c, 2);
             c.run(LineChanged{"ada", false});
         },
         minutes(17)},
        {"its owner came back",
         [&](Call& c) {
             c.running();
             c.run(LineChanged{"ada", false});
             c.run(LineChanged{"ada", true});
         },
         std::nullopt},
        {"an agent alone is no call",
         [&](Call& c) {
             c.running();
             c.run(LineChanged{"bot", true});
             at(c, 2);
             c.run(LineChanged{"ada", false});
             at(c, 3);
             c.run(LineChanged{"bot", false});
         },
         minutes(17)},
        {"it was made active before anybody had a socket",
         [&](Call& c) {
             c.create();
             at(c, 4);
             activate(c, "");
         },
         minutes(19)},
        {"the owner is a backend and a user is there",
         [&](Call& c) {
             c.create("key_1");
             activate(c, "");
             c.run(LineChanged{"ada", true});
         },
         std::nullopt},
        {"the owner is a backend and the last user is gone",
         [&](Call& c) {
             c.create("key_1");
             add(c, "bob");
             c.run(LineChanged{"ada", true});
             c.run(LineChanged{"bob", true});
             at(c, 2);
             c.run(LineChanged{"ada", false});
             at(c, 3);
             c.run(LineChanged{"bob", false});
         },
         minutes(18)},
        {"the last user was removed",
         [&](Call& c) {
             c.create("key_1");
             c.run(LineChanged{"ada", true});
             at(c, 2);
             c.run(RemoveParticipant{"ada", ""}, Role::service, "key_1");
         },
         minutes(17)},
        {"a media provider holds the line",
         [&](Call& c) {
             c.create("ada", "livekit");
             activate(c, "");
             c.publish("call.connected",
                       R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})",
                       Role::service, "key_1");
         },
         std::nullopt},
    };
    for (const auto& [name, given, reaped] : cases) {
        SCOPED_TRACE(name);
        Call call;
        given(call);
        ASSERT_TRUE(call.state.connected_at.has_value());
        call.now = begin + reaped.value_or(std::chrono::minutes(50)) - Millis(1);
        EXPECT_EQ(call.run(TimePassed{}), "nothing");
        call.now += Millis(1);
        EXPECT_EQ(call.run(TimePassed{}), reaped ? "call.terminal_failure" : "nothing");
        if (reaped) EXPECT_EQ(call.state.end_reason, "reconnect_window_expired");
    }
}

}  // namespace lifeline::call
