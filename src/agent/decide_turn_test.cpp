#include "agent/decide_turn.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeline::agent {

namespace {

constexpr WallTime begin{Millis(1'771'236'000'000)};

struct Step {
    std::string who;
    std::string type;
    std::string payload;
};

Step final_of(std::string id, std::string text = "Hello") {
    return {
        "ada", "transcript.final",
        fmt::format(R"({{"utteranceId":"{}","speaker":"user","text":"{}","startMs":0,"endMs":1}})",
                    id, text)};
}
const Step begun{"ada", "transcript.utterance.started",
                 R"({"utteranceId":"u9","speaker":"user","participantId":"ada","startMs":0})"};
const Step turn{"agt", "orchestration.turn.started",
                R"({"turnId":"t1","orchestrator":"fake","inputUtteranceIds":["u1"]})"};
const Step telling{"agt", "orchestration.turn.started",
                   R"({"turnId":"t1","orchestrator":"fake","inputUtteranceIds":[]})"};
const Step failed{
    "agt", "orchestration.turn.failed",
    R"({"turnId":"t1","durationMs":1,"code":"restarted","message":"m","retryable":true})"};
const Step completed{"agt", "orchestration.turn.completed",
                     R"({"turnId":"t1","durationMs":1,"stopReason":"end_turn","text":""})"};
const Step cancelled{"agt", "orchestration.turn.cancelled",
                     R"({"turnId":"t1","durationMs":1,"cause":"barge_in"})"};
const Step interrupted{
    "ada", "call.turn.interrupted",
    R"({"callId":"sess_1","turnId":"t1","by":"ada","atMs":1,"generatedChars":1,"playedMs":1})"};
const Step asked{"agt", "orchestration.action.requested",
                 R"({"actionId":"x1","actionType":"t","summary":"s"})"};
const Step succeeded{"s", "orchestration.action.succeeded", R"({"actionId":"x1","durationMs":1})"};
const Step told{"agt", "orchestration.result.delivered",
                R"({"actionId":"x1","target":"model","status":"completed"})"};
const Step over{"s", "call.ended",
                R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                R"("endReason":"completed"})"};
const Step away{"s", "call.participant.left",
                R"({"callId":"sess_1","participantId":"agt","role":"agent","reason":"removed"})"};

// "begin u1 u2 attempt 1"
std::string decided(const std::vector<Step>& steps, Millis later, std::string_view running) {
    Conversation conversation("sess_1", "agt");
    contract::EventChecker checker;
    std::uint64_t seq = 0;
    std::vector<Step> all = {
        {"s", "call.created",
         R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"voice"})"},
        {"ada", "call.participant.added",
         R"({"callId":"sess_1","participantId":"agt","role":"agent"})"}};
    all.insert(all.end(), steps.begin(), steps.end());
    for (const Step& step : all) {
        const auto event =
            checker.check(contract::event_json("e" + std::to_string(++seq), "sess_1",
                                               format_rfc3339(begin), step.type, step.payload),
                          contract::Sender::server);
        EXPECT_TRUE(event.has_value())
            << step.type << event.error().reason << event.error().pointer;
        if (event) conversation.take(*event, step.who, seq, begin);
    }
    const TurnDecision decision = decide_turn(conversation, {}, begin + later, running);
    switch (decision.what) {
        case TurnDecision::What::rest:
            return "rest";
        case TurnDecision::What::wait:
            return fmt::format("wait {}", (decision.until - begin).count());
        case TurnDecision::What::barge_in:
            return "barge in";
        case TurnDecision::What::recover:
            return "recover " + decision.turn_id;
        case TurnDecision::What::leave:
            return "leave";
        case TurnDecision::What::begin:
            break;
    }
    return fmt::format("begin {} {} attempt {}", fmt::join(decision.inputs, " "),
                       fmt::join(decision.results, " "), decision.attempt);
}

}  // namespace

TEST(DecideTurn, WhatAnAgentDoesNext) {
    struct Case {
        const char* name;
        std::vector<Step> steps;
        int later_ms;
        const char* running;
        std::string decided;
    };
    const Case cases[] = {
        {"nothing was said", {}, 1000, "", "rest"},
        {"more may come", {final_of("u1")}, 100, "", "wait 300"},
        {"nothing more came", {final_of("u1")}, 300, "", "begin u1  attempt 1"},
        {"all that was said is answered at once",
         {final_of("u1"), final_of("u2")},
         300,
         "",
         "begin u1 u2  attempt 1"},
        {"silence is no answer's worth", {final_of("u1", "  ")}, 900, "", "rest"},
        {"somebody still speaks", {final_of("u1"), begun}, 1000, "", "wait 20000"},
        {"somebody spoke and was not heard of again",
         {final_of("u1"), begun},
         20'000,
         "",
         "begin u1  attempt 1"},
        {"it runs", {final_of("u1"), turn}, 900, "t1", "rest"},
        {"its beginning is on its way", {final_of("u1")}, 900, "t1", "rest"},
        {"somebody begins to speak", {final_of("u1"), turn, begun}, 900, "t1", "barge in"},
        {"somebody said more", {final_of("u1"), turn, final_of("u2")}, 900, "t1", "barge in"},
        {"somebody said more just before it began",
         {final_of("u1"), final_of("u2"), turn},
         900,
         "t1",
         "barge in"},
        {"somebody says stop", {final_of("u1"), turn, interrupted}, 900, "t1", "barge in"},
        {"what waits for another agent's answer does not call off what tells a result",
         {final_of("u1"), telling},
         900,
         "t1",
         "rest"},
        {"somebody says something to it", {telling, final_of("u1")}, 900, "t1", "barge in"},
        {"its process died", {final_of("u1"), turn}, 900, "", "recover t1"},
        {"and it is answered anew", {final_of("u1"), turn, failed}, 900, "", "begin u1  attempt 2"},
        {"it was stopped on purpose before its process died: they do not wait",
         {final_of("u1"), turn, interrupted, failed},
         900,
         "",
         "rest"},
        {"it is answered", {final_of("u1"), turn, completed}, 900, "", "rest"},
        {"talked over for nothing: they still wait",
         {final_of("u1"), turn, cancelled},
         900,
         "",
         "begin u1  attempt 2"},
        {"stopped on purpose: they do not",
         {final_of("u1"), turn, interrupted, cancelled},
         900,
         "",
         "rest"},
        {"a result that came later is told",
         {final_of("u1"), turn, asked, completed, succeeded},
         900,
         "",
         "begin  x1 attempt 1"},
        {"once", {final_of("u1"), turn, asked, completed, succeeded, told}, 900, "", "rest"},
        {"the call is over", {final_of("u1"), over}, 900, "", "leave"},
        {"it was sent away", {final_of("u1"), away}, 900, "", "leave"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        EXPECT_EQ(decided(one.steps, Millis(one.later_ms), one.running), one.decided);
    }
}

}  // namespace lifeline::agent
