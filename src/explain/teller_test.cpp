#include "explain/teller.h"

#include <gtest/gtest.h>

#include "contract/json.h"
#include "explain/render.h"
#include "explain/test_call.h"

namespace lifeline::explain {
namespace {

using std::chrono::seconds;

void whole_call(TestCall& call) {
    call.begin();
    call.pass(seconds(2));
    call.final("u1", "Write to HR.");
    call.pass(Millis(300));
    call.event(
        "orchestration.turn.started",
        R"({"turnId":"t1","orchestrator":"scripted","inputUtteranceIds":["u1"],"model":"m"})",
        "bot");
    call.pass(Millis(512));
    call.event("orchestration.turn.delta",
               R"({"turnId":"t1","itemId":"i","deltaText":"I'll","offset":0})", "bot");
    call.requested("t1");
    call.judged("require_confirmation");
    call.asked(60);
    call.event("orchestration.turn.completed",
               R"({"turnId":"t1","durationMs":600,"stopReason":"end_turn","text":"I'll ask."})",
               "bot");
    call.pass(seconds(4));
    call.answered();
    call.approved();
    call.started();
    call.pass(Millis(120));
    call.succeeded();
    call.action("orchestration.result.delivered", R"(,"target":"model","status":"completed")",
                "bot");
    call.event(
        "call.reconnecting",
        R"({"callId":"sess_1","attempt":1,"at":"2026-02-16T10:00:00.000Z","lossReason":"heartbeat_missed"})");
    call.pass(Millis(3'200));
    call.event(
        "call.reconnected",
        R"({"callId":"sess_1","attempt":1,"at":"2026-02-16T10:00:00.000Z","outageMs":3200})");
    call.event("call.end.requested", R"({"reason":"completed"})", "ada");
    call.event("call.ended",
               R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":10,)"
               R"("endReason":"completed","by":"ada"})",
               "server", "e20");
}

TEST(Teller, TellsAWholeCall) {
    const TestCall call(whole_call);
    EXPECT_EQ(to_plain(call.teller.tell()),
              R"(sess_1, over, 21 events; times count from 2026-02-16T10:00:00.000Z
turns: 1, first text 812 ms after the last word in the median, 812 ms at most

00:00:00.000    #1    ada's call was created, channel voice
00:00:00.000    #2    Ada (ada) joined as user
00:00:00.000    #3    the line stands
00:00:02.000    #4    Ada (ada) said “Write to HR.”
00:00:02.300    #5    bot's turn t1, first text 812 ms after the last word: whole after 600 ms: end_turn
                     because of #4: Ada (ada) said “Write to HR.”
                     00:00:02.300 #5    bot began to answer with m
                     00:00:02.812 #11   whole after 600 ms: end_turn
00:00:02.812    #7    action a (send) “Write to HR”: done in 120 ms: “sent”, 4.1 s after the request
                     because of #5: turn t1 of bot
                     because of #4: Ada (ada) said “Write to HR.”
                     00:00:02.812 #7    asked for by bot in turn t1
                     00:00:02.812 #8    taken on as low_risk_write
                     00:00:02.812 #9    judged by policy house, version 7, by rules ask_first, no_night: require_confirmation
                     00:00:02.812 #10   a person is asked (owner): “Send it?” To hr@example.com. Until 2026-02-16T10:01:00.000Z
                     00:00:06.812 #12   Ada (ada) answered approve, by ui
                     00:00:06.812 #15   given to http, attempt 1
                     00:00:06.932 #16   done in 120 ms: “sent”
                     00:00:06.932 #17   told to the model: completed
                     waited for people for 4.0 s
00:00:06.932 !  #18   nobody is connected whom the call waits for: heartbeat_missed; the call goes on after 3.2 s
00:00:10.132    #20   Ada (ada) asked to end the call: completed
00:00:10.132    #21   the call ended after 10 s: completed, asked for by Ada (ada)
                     because of #20: Ada (ada) asked to end the call: completed
)");
}

TEST(Teller, TellsWhatItCanOfACallOfWhichAnythingIsMissing) {
    const auto events = TestCall(whole_call).seq;
    for (std::uint64_t gone = 1; gone <= events; ++gone) {
        TestCall call;
        call.erase(gone, gone);
        whole_call(call);
        EXPECT_NE(call.odd().find("erased " + std::to_string(gone)), std::string::npos) << gone;
        EXPECT_TRUE(contract::Json::parse(to_json(call.teller.tell())).has_value()) << gone;
    }
}

struct Case {
    const char* name;
    std::function<void(TestCall&)> given;
    std::string then;
};

constexpr const char* line_lost =
    R"({"callId":"sess_1","participantId":"ada","connected":false,"connections":0})";
constexpr const char* line_back =
    R"({"callId":"sess_1","participantId":"ada","connected":true,"connections":1})";

TEST(Teller, SaysWhatBecameOfAnAction) {
    const Case cases[] = {
        {"waits",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
         },
         "action a (send) “Write to HR” waits for a person"},
        {"denied",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
             c.pass(seconds(9));
             c.answered("deny");
             c.action("orchestration.action.cancelled", R"(,"cause":"denied")");
         },
         "action a (send) “Write to HR”: cancelled: denied, 9.0 s after the request"},
        {"tried again",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.started();
             c.action(
                 "orchestration.action.attempt.failed",
                 R"(,"attempt":1,"code":"busy","message":"503","willRetryAt":"2026-02-16T10:00:01.000Z")");
         },
         "action a (send) “Write to HR” will be tried again"},
        {"the same as another",
         [](TestCall& c) {
             c.action("orchestration.action.requested", R"(,"actionType":"send","summary":"s")",
                      "bot");
             c.action("orchestration.action.accepted",
                      R"(,"argsHash":")" + TestCall::hash('a') +
                          R"(","policyVersion":"7","duplicateOf":"b")");
         },
         "action a (send) “s”: is the same as b, 0 ms after the request"},
        {"its request was erased",
         [](TestCall& c) {
             c.erase(1, 1);
             c.action("orchestration.action.requested", R"(,"actionType":"send","summary":"s")",
                      "bot");
             c.action("orchestration.result.delivered",
                      R"(,"target":"model","status":"completed")");
         },
         "action a is known by what came later alone"},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(TestCall(given).told(Kind::actions), then);
    }
}

TEST(Teller, SaysHowLongLinesWereLost) {
    const Case cases[] = {
        {"the first connection is no news",
         [](TestCall& c) { c.event("call.participant.connection.changed", line_back); }, ""},
        {"lost and back",
         [](TestCall& c) {
             c.begin();
             c.event("call.participant.connection.changed", line_lost);
             c.pass(seconds(65));
             c.event("call.participant.connection.changed", line_back);
         },
         "Ada (ada)'s line was lost; back after 1 min 5 s"},
        {"never back",
         [](TestCall& c) {
             c.event("call.reconnecting",
                     R"({"callId":"sess_1","attempt":1,"at":"2026-02-16T10:00:00.000Z"})");
             c.event(
                 "call.terminal_failure",
                 R"({"callId":"sess_1","failedAt":"2026-02-16T10:00:00.000Z","code":"reconnect_timeout","message":"m"})");
         },
         "nobody is connected whom the call waits for, and nobody came back"},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(TestCall(given).told(Kind::outages), then);
    }
}

TEST(Teller, FindsWhatIsOdd) {
    const Case cases[] = {
        {"nothing",
         [](TestCall& c) {
             c.begin();
             c.end();
         },
         ""},
        {"a gap",
         [](TestCall& c) {
             c.begin();
             c.seq = 9;
             c.end();
         },
         "gap 10"},
        {"the first is missing",
         [](TestCall& c) {
             c.seq = 1;
             c.end();
         },
         "gap 2"},
        {"no end",
         [](TestCall& c) {
             c.begin();
             c.requested();
             c.end();
         },
         "action_without_end 5"},
        {"no end yet",
         [](TestCall& c) {
             c.begin();
             c.requested();
         },
         ""},
        {"unknown, and nobody found out",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.started();
             c.action("orchestration.action.outcome_unknown", R"(,"lastKnown":"it had left")");
         },
         "outcome_unknown 5"},
        {"unknown, and found out",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.started();
             c.action("orchestration.action.outcome_unknown", R"(,"lastKnown":"it had left")");
             c.action("orchestration.action.resolved",
                      R"(,"resolution":"succeeded","by":"probe","evidence":"e")");
         },
         ""},
        {"started without approval",
         [](TestCall& c) {
             c.requested();
             c.started();
             c.succeeded();
         },
         "started_without_approval 3"},
        {"started after what was approved was changed",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.action("orchestration.action.args.replaced",
                      R"(,"args":{},"argsHash":")" + TestCall::hash('b') + R"(","by":"ada")");
             c.started();
             c.succeeded();
         },
         "started_without_approval 5"},
        {"started again on one approval",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.started();
             c.started(2);
             c.succeeded();
         },
         ""},
        {"something else was approved",
         [](TestCall& c) {
             c.requested();
             c.approved('b');
             c.started();
             c.succeeded();
         },
         "approval_of_other_arguments 3"},
        {"approved in the last moment",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
             c.pass(seconds(60));
             c.answered();
         },
         ""},
        {"decided in the last moment, recorded after it",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
             c.pass(seconds(61));
             c.clock_ahead = seconds(-1);
             c.answered();
         },
         ""},
        {"approved too late",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
             c.pass(seconds(61));
             c.answered();
         },
         "approval_after_expiry 5"},
        {"approved after it was told to have expired",
         [](TestCall& c) {
             c.requested();
             c.asked(60);
             c.action("safety.confirmation.expired",
                      R"(,"confirmationId":"c","cause":"no_answer")");
             c.answered();
         },
         "approval_after_expiry 6"},
        {"two ends",
         [](TestCall& c) {
             c.requested();
             c.approved();
             c.started();
             c.succeeded();
             c.succeeded();
         },
         "ended_twice 6"},
        {"a turn without an end",
         [](TestCall& c) {
             c.event("orchestration.turn.started",
                     R"({"turnId":"t1","orchestrator":"scripted","inputUtteranceIds":[]})", "bot");
             c.end();
         },
         "turn_without_end 1"},
        {"erased in a row",
         [](TestCall& c) {
             c.erase(2, 3);
             c.begin();
             c.end();
         },
         "erased 2"},
        {"erased apart",
         [](TestCall& c) {
             c.erase(2, 2);
             c.begin();
             c.erase(4, 4);
             c.end();
         },
         "erased 2, erased 4"},
        {"a final in time",
         [](TestCall& c) {
             c.begin();
             c.pass(seconds(9));
             c.final("u", "x");
         },
         ""},
        {"a final that came late",
         [](TestCall& c) {
             c.begin();
             c.pass(seconds(11));
             c.event("transcript.final",
                     R"({"utteranceId":"u","speaker":"user","text":"x","startMs":0,"endMs":900})",
                     "ada");
         },
         "late_final 4"},
        {"a final after the end",
         [](TestCall& c) {
             c.begin();
             c.end();
             c.event(
                 "transcript.final",
                 R"({"utteranceId":"u","speaker":"user","text":"x","startMs":0,"endMs":0,"late":true})",
                 "ada");
         },
         "late_final 5"},
        {"a clock that is wrong is told once",
         [](TestCall& c) {
             c.clock_ahead = seconds(-40);
             c.final("u1", "x");
             c.final("u2", "x");
             c.clock_ahead = Millis(0);
             c.final("u3", "x");
         },
         "clock_jump 1, clock_jump 3"},
        {"each has a clock",
         [](TestCall& c) {
             c.final("u1", "x", "bot");
             c.clock_ahead = seconds(40);
             c.final("u2", "x");
         },
         "clock_jump 2"},
        {"a slow network",
         [](TestCall& c) {
             c.clock_ahead = seconds(-9);
             c.final("u1", "x");
         },
         ""},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(TestCall(given).odd(), then);
    }
}

TEST(Teller, SaysHowAClockIsWrong) {
    TestCall call;
    for (const int ahead : {40, -40, 0}) {
        call.clock_ahead = seconds(ahead);
        call.final("u" + std::to_string(call.seq), "x");
    }
    const Story story = call.teller.tell();
    ASSERT_EQ(story.anomalies.size(), 3U);
    EXPECT_EQ(story.anomalies[0].what, "the clock of ada is 40.0 s ahead of the server's");
    EXPECT_EQ(story.anomalies[1].what,
              "the clock of ada is 40.0 s behind the server's, or the event was held up");
    EXPECT_EQ(story.anomalies[2].what, "the clock of ada is right again");
}

TEST(Teller, ForgivesWhereEventsAreMissing) {
    TestCall call;
    call.erase(3, 3);
    call.requested();
    call.approved();
    call.started();
    call.succeeded();
    const Story story = call.teller.tell();
    ASSERT_EQ(story.anomalies.size(), 2U);
    EXPECT_EQ(story.anomalies[1].code, "started_without_approval");
    EXPECT_EQ(story.anomalies[1].severity, Severity::warning);
}

TEST(Teller, ShowsNothingOfWhatWasRedacted) {
    TestCall call;
    call.final("u1", "My number is 4711.");
    call.event(
        "transcript.redacted",
        R"({"utteranceId":"u1","spans":[{"from":13,"to":17,"kind":"number"}],"policyId":"p","by":"ada"})",
        "ada");
    const std::string text = to_plain(call.teller.tell()) + to_json(call.teller.tell());
    EXPECT_EQ(text.find("4711"), std::string::npos) << text;
    EXPECT_EQ(call.told(Kind::speech), "ada said “My number is ████.”, parts of it destroyed");
}

// Whoever wrote it: no line of its own making, nothing that a terminal obeys, nothing turned
// around.
TEST(Teller, WhateverWasWrittenStaysWords) {
    const std::string evil = R"(a\u001b[2J\u0007\r\n00:00:00.000 #9 forged \u202Ex\u009b31m)";
    TestCall call;
    call.event(
        "call.participant.joined",
        R"({"callId":"sess_1","participantId":"eve","role":"user","identity":{"displayName":")" +
            evil + R"("}})");
    call.final("u1", evil, "eve");
    call.action("orchestration.action.requested",
                R"(,"actionType":"send","summary":")" + evil + "\"", "bot");
    call.action("orchestration.action.failed",
                R"(,"attempt":1,"code":"broken","message":")" + evil + "\"");
    call.event("call.error", R"({"code":"c","retryable":true,"message":")" + evil + R"("})", "eve");
    const Story story = call.teller.tell();
    const std::string text = to_plain(story);
    for (const std::string& shown : {text, to_json(story)})
        for (const char* gone : {"\x1b", "\x07", "\r", "\u202E", "\u009b"})
            EXPECT_EQ(shown.find(gone), std::string::npos) << shown;
    EXPECT_EQ(text.find("\n00:00:00.000 #9"), std::string::npos);
    EXPECT_NE(text.find("⟨U+202E⟩"), std::string::npos);
}

}  // namespace
}  // namespace lifeline::explain
