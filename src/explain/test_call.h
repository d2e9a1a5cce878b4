#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "contract/event.h"
#include "explain/teller.h"

// For this room's tests.
namespace lifeline::explain {

constexpr WallTime test_begin{Millis(1'771'236'000'000)};  // 2026-02-16T10:00:00.000Z

// A call of Ada's with an agent in it, told as it comes.
class TestCall {
public:
    explicit TestCall(std::function<void(TestCall&)> given = nullptr) {
        if (given) given(*this);
    }

    // By a participant ("ada", the agent "bot") or the server; its id is "e1" or "ll_1".
    void event(std::string_view type, const std::string& payload, const std::string& by = "server",
               const std::string& cause = "") {
        ++seq;
        if (seq >= erase_from && seq <= erase_to) return take(nullptr, by, cause);
        const auto made = checker_.read_stored(contract::event_json(
            id(by), "sess_1", format_rfc3339(now + clock_ahead), type, payload));
        ASSERT_TRUE(made.has_value()) << type << payload << made.error().pointer;
        take(&*made, by, cause);
    }
    void pass(Millis time) { now += time; }

    void begin() {
        event("call.created",
              R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"voice"})");
        event(
            "call.participant.joined",
            R"({"callId":"sess_1","participantId":"ada","role":"user","identity":{"displayName":"Ada"}})");
        event("call.connected", R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})");
    }
    void end() {
        event("call.ended",
              R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":9,)"
              R"("endReason":"completed","by":"ada"})");
    }
    void final(const std::string& utterance, const std::string& text,
               const std::string& by = "ada") {
        const auto ms = std::to_string((now - test_begin).count());
        event("transcript.final",
              R"({"utteranceId":")" + utterance + R"(","speaker":")" +
                  (by == "bot" ? "agent" : "user") + R"(","text":")" + text + R"(","startMs":)" +
                  ms + R"(,"endMs":)" + ms + "}",
              by);
    }
    // An event of action "a", and the rest of its payload.
    void action(std::string_view type, const std::string& rest = "",
                const std::string& by = "server") {
        event(type, R"({"actionId":"a")" + rest + "}", by);
    }
    void requested(const std::string& turn = "t1") {
        action("orchestration.action.requested",
               R"(,"actionType":"send","summary":"Write to HR","requestedBy":{"turnId":")" + turn +
                   R"("})",
               "bot");
        action("orchestration.action.accepted",
               R"(,"argsHash":")" + hash('a') + R"(","policyVersion":"7","risk":"low_risk_write")");
    }
    void judged(const std::string& outcome) {
        event("safety.evaluated", R"({"decisionId":"d","subject":{"kind":"action","id":"a"},)"
                                  R"("outcome":")" +
                                      outcome +
                                      R"(","policyId":"house","policyVersion":"7",)"
                                      R"("rules":["ask_first","no_night"],"inputsHash":")" +
                                      hash('a') + R"(","latencyMs":0,"automatic":true})");
    }
    void erase(std::uint64_t from, std::uint64_t to) {
        erase_from = from;
        erase_to = to;
    }
    // Until a number of seconds after the call began.
    void asked(int until_seconds) {
        action("safety.confirmation.requested",
               R"(,"confirmationId":"c","title":"Send it?","description":"d","severity":"info",)"
               R"("scope":{"kind":"x","target":"hr@example.com","audience":"external"},)"
               R"("preview":"Dear","argsHash":")" +
                   hash('a') + R"(","allowedDecisions":["approve","deny"],"expiresAt":")" +
                   format_rfc3339(test_begin + std::chrono::seconds(until_seconds)) +
                   R"(","channel":"ui","answerableBy":"owner")");
    }
    void answered(const std::string& decision = "approve") {
        const std::string about = R"(,"confirmationId":"c","by":{"kind":"user","id":"ada"},)"
                                  R"("argsHash":")" +
                                  hash('a') + "\"";
        action("safety.confirmation.resolved",
               about + R"(,"via":"ui","decision":")" + decision + "\"");
        if (decision == "approve")
            action("safety.approved", about + R"(,"policyId":"house","decision":"approved")");
    }
    void approved(char args = 'a') {
        action("orchestration.action.approved",
               R"(,"decisionId":"d","argsHash":")" + hash(args) + "\"");
    }
    void started(int attempt = 1) {
        action("orchestration.action.started",
               R"(,"executor":"http","leaseUntil":"2026-02-16T10:00:30.000Z","attempt":)" +
                   std::to_string(attempt));
    }
    void succeeded() {
        action("orchestration.action.succeeded", R"(,"durationMs":120,"resultSummary":"sent")");
    }
    static std::string hash(char letter) { return std::string(64, letter); }

    // What is told of one kind, a line each.
    std::string told(Kind kind) const {
        std::string out;
        const Story story = teller.tell();
        for (const Entry& entry : story.entries)
            if (entry.kind == kind) out += (out.empty() ? "" : "\n") + entry.what;
        return out;
    }
    // "gap 5, late_final 9".
    std::string odd() const {
        std::string out;
        const Story story = teller.tell();
        for (const Anomaly& one : story.anomalies)
            out += (out.empty() ? "" : ", ") + one.code + " " + std::to_string(one.seq);
        return out;
    }

    Teller teller{"sess_1"};
    WallTime now = test_begin;
    Millis clock_ahead{0};         // Of whoever sends.
    std::uint64_t seq = 0;         // Of the last event.
    std::uint64_t erase_from = 1;  // What has been erased: nothing.
    std::uint64_t erase_to = 0;

private:
    std::string id(const std::string& by) const {
        return (by == "server" ? "ll_" : "e") + std::to_string(seq);
    }
    void take(const contract::Event* event, const std::string& by, const std::string& cause) {
        const contract::Actor actor{by == "bot" ? "agent" : by == "server" ? "server" : "user", by};
        const std::string event_id = id(by);
        teller.take({.seq = seq,
                     .event_id = event_id,
                     .actor = actor,
                     .cause = cause,
                     .at = now,
                     .event = event});
    }

    contract::EventChecker checker_;
};

}  // namespace lifeline::explain
