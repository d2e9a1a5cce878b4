#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "call/deadlines.h"
#include "call/test_call.h"

namespace lifeline::call {

namespace {

constexpr Millis window = std::chrono::minutes(15);

std::string lost(Call& call, std::string who, std::string why = "") {
    return call.run(LineChanged{std::move(who), false, std::move(why)}, Role::server, "lifeline");
}

std::string back(Call& call, std::string who) {
    return call.run(LineChanged{std::move(who), true}, Role::server, "lifeline");
}

// A phone call, whose line a provider holds and a service speaks of.
void by_provider(Call& call) {
    call.create("ada", "livekit");
    call.run(SetStatus{}, Role::service, "key_1");
    call.publish("call.connected",
                 R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})", Role::service,
                 "key_1");
}

std::string reports(Call& call, std::string type, std::string more) {
    return call.publish(
        type, R"({"callId":"sess_1","attempt":1,"at":"1970-01-01T00:00:00.000Z")" + more + "}",
        Role::service, "key_1");
}

}  // namespace

TEST(Window, RunsFromTheLastLossToTheFirstReturn) {
    Call call;
    call.running();
    call.now += std::chrono::minutes(1);
    EXPECT_EQ(lost(call, "ada", "heartbeat_missed"),
              "call.participant.connection.changed call.reconnecting");
    EXPECT_NE(call.log.back().find(
                  R"("attempt":1,"at":"2026-02-16T10:01:00.000Z","lossReason":"heartbeat_missed",)"
                  R"("resumeDeadline":"2026-02-16T10:16:00.000Z")"),
              std::string::npos)
        << call.log.back();
    EXPECT_EQ(call.state.phase, Phase::reconnecting);
    EXPECT_EQ(next_deadline(call.state), call.now + window);
    call.now += std::chrono::seconds(90);
    EXPECT_EQ(back(call, "ada"), "call.participant.connection.changed call.reconnected");
    EXPECT_NE(
        call.log.back().find(R"("attempt":1,"at":"2026-02-16T10:02:30.000Z","outageMs":90000)"),
        std::string::npos)
        << call.log.back();
    EXPECT_EQ(call.state.phase, Phase::connected);
    EXPECT_GT(next_deadline(call.state), call.now + window);
    // The next is the second, and counts for itself.
    EXPECT_EQ(lost(call, "ada"), "call.participant.connection.changed call.reconnecting");
    EXPECT_EQ(call.state.outage->attempt, 2u);
    call.now += window;
    EXPECT_EQ(call.run(TimePassed{}), "call.terminal_failure");
    EXPECT_EQ(call.state.end_reason, "reconnect_window_expired");
    EXPECT_EQ(back(call, "ada"), "nothing");
}

TEST(Window, GoesBackToWhatTheCallWas) {
    Call call;
    by_provider(call);
    call.publish("call.hold.changed", R"({"callId":"sess_1","held":true,"by":"ada"})",
                 Role::service, "key_1");
    ASSERT_EQ(call.state.phase, Phase::held);
    reports(call, "call.reconnecting", "");
    EXPECT_EQ(call.state.phase, Phase::reconnecting);
    reports(call, "call.reconnected", R"(,"outageMs":1)");
    EXPECT_EQ(call.state.phase, Phase::held);
}

TEST(Window, AfterARestartEverybodyHasAllOfItAnew) {
    struct Case {
        const char* name;
        std::function<void(Call&)> given;
        const char* then;
    };
    const Case cases[] = {
        {"somebody was there", [](Call& c) { c.running(); },
         "call.participant.connection.changed call.reconnecting"},
        {"the window was running",
         [](Call& c) {
             c.running();
             lost(c, "ada");
         },
         "call.reconnecting"},
        {"nobody had come yet", [](Call& c) { c.create(); }, "nothing"},
        {"a provider holds the line", by_provider, "nothing"},
        {"a provider has lost the line, and its window was running",
         [](Call& c) {
             by_provider(c);
             reports(c, "call.reconnecting", "");
         },
         "call.reconnecting"},
        {"it is over",
         [](Call& c) {
             c.running();
             SetStatus ended;
             ended.wanted = Status::ended;
             c.run(ended);
         },
         "nothing"},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        Call call;
        given(call);
        call.now += std::chrono::minutes(10);
        EXPECT_EQ(call.run(Recovered{}, Role::server, "lifeline"), then);
        if (!call.state.outage) continue;
        EXPECT_EQ(call.state.outage->deadline, call.now + window);
        EXPECT_NE(call.log.back().find(R"("lossReason":"server_restart")"), std::string::npos);
    }
}

// The server was away when the service would have said that the line is back.
TEST(Window, OfAProvidersLineIsStillTheOneThatItsServiceEnds) {
    Call call;
    by_provider(call);
    reports(call, "call.reconnecting", "");
    call.now += window + std::chrono::minutes(1);
    EXPECT_EQ(call.run(Recovered{}, Role::server, "lifeline"), "call.reconnecting");
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    EXPECT_EQ(reports(call, "call.reconnected", R"(,"outageMs":1)"), "call.reconnected");
    EXPECT_EQ(call.state.phase, Phase::connected);
    EXPECT_FALSE(call.state.outage);
}

// POST .../turns: the server writes what they say, at its own time.
TEST(Window, WhoSpeaksByRequestsIsThereFromEachForAWholeWindow) {
    Call call;
    call.create();
    call.run(SetStatus{}, Role::server, "lifeline");
    int turns = 0;
    const auto says = [&](std::string who) {
        const std::string number = std::to_string(++turns);
        auto event = call.checker.check(
            contract::event_json("ll_turn_" + number, call.state.id, format_rfc3339(call.now),
                                 "transcript.final",
                                 R"({"utteranceId":"utt_)" + number +
                                     R"(","speaker":"user","text":"x","startMs":0,"endMs":0})"),
            contract::Sender::server);
        EXPECT_TRUE(event.has_value());
        return call.run(Publish{std::move(*event)}, Role::user, std::move(who));
    };
    for (int n = 0; n < 2; ++n) {
        call.now += std::chrono::minutes(10);
        EXPECT_EQ(call.run(TimePassed{}), "nothing");
        EXPECT_EQ(says("ada"), "transcript.final");
        EXPECT_EQ(next_deadline(call.state), call.now + window);
    }
    // After a restart, or a socket that was lost, the next turn says that they are there.
    EXPECT_EQ(call.run(Recovered{}, Role::server, "lifeline"), "call.reconnecting");
    call.now += std::chrono::minutes(10);
    EXPECT_EQ(says("ada"), "transcript.final call.reconnected");
    EXPECT_EQ(call.state.phase, Phase::connected);
    EXPECT_EQ(next_deadline(call.state), call.now + window);
    // A text that a client made says nothing of when, and is no request to an agent.
    call.now += std::chrono::minutes(10);
    call.publish("transcript.final",
                 R"({"utteranceId":"u","speaker":"user","text":"x","startMs":0,"endMs":0})");
    call.now += std::chrono::minutes(5);
    EXPECT_EQ(call.run(TimePassed{}), "call.terminal_failure");
}

// Only those count for whom the call waits.
TEST(Window, WhoElseComesAndGoesDoesNotMatter) {
    Call call;
    call.running();
    call.run(AddParticipant{{"bob", Role::user, ""}});
    back(call, "bot");
    back(call, "bob");
    EXPECT_EQ(lost(call, "bob"), "call.participant.connection.changed");
    EXPECT_EQ(lost(call, "bot"), "call.participant.connection.changed");
    lost(call, "ada");
    EXPECT_EQ(call.state.phase, Phase::reconnecting);
    EXPECT_EQ(back(call, "bob"), "call.participant.connection.changed");
    EXPECT_EQ(call.state.phase, Phase::reconnecting) << "the owner is still away";
    EXPECT_EQ(back(call, "ada"), "call.participant.connection.changed call.reconnected");
}

TEST(Window, ACallThatDoesNotWaitHasNone) {
    Call call;
    Create create;
    create.owner_id = "ada";
    create.account_id = "acct_1";
    create.channel = "voice";
    create.connect_timeout = std::chrono::minutes(5);
    create.max_duration = std::chrono::hours(1);
    create.members = {{"ada", Role::user, "Ada"}};
    call.run(create);
    back(call, "ada");
    EXPECT_EQ(lost(call, "ada"), "call.participant.connection.changed");
    EXPECT_EQ(next_deadline(call.state), begin + std::chrono::minutes(59))
        << "its longest duration";
}

// What a service claims about when is not what the deadline is made from.
TEST(Window, OfAProvidersLineBeginsWhenTheServerHearsOfIt) {
    Call call;
    by_provider(call);
    back(call, "ada");
    EXPECT_EQ(lost(call, "ada"), "call.participant.connection.changed")
        << "a socket is not the line";
    call.now += std::chrono::minutes(5);
    EXPECT_EQ(reports(call, "call.reconnecting", R"(,"resumeDeadline":"1970-01-01T00:01:00.000Z")"),
              "call.reconnecting call.deadline.warning");
    EXPECT_EQ(call.state.outage->deadline, call.now + window);
    EXPECT_FALSE(call.state.duration_warned);
    EXPECT_EQ(reports(call, "call.reconnecting", ""), "refused illegal_transition");
    EXPECT_EQ(back(call, "ada"), "call.participant.connection.changed");
    EXPECT_EQ(call.state.phase, Phase::reconnecting);
    call.now += window;
    EXPECT_EQ(call.run(TimePassed{}), "call.terminal_failure");
    Call other;
    other.running();
    EXPECT_EQ(reports(other, "call.reconnecting", ""), "refused illegal_transition")
        << "what becomes of sockets the server sees for itself";
    EXPECT_EQ(reports(other, "call.reconnected", R"(,"outageMs":1)"), "refused illegal_transition");
}

}  // namespace lifeline::call
