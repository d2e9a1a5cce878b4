#include "agent/conversation.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "agent/prompt.h"

namespace lifeline::agent {

namespace {

struct Step {
    std::string who;
    std::string type;
    std::string payload;
};

constexpr WallTime begin{Millis(1'771'236'000'000)};

Conversation fold(const std::vector<Step>& steps) {
    Conversation conversation("sess_1", "agt");
    contract::EventChecker checker;
    std::uint64_t seq = 0;
    const std::vector<Step> opening = {
        {"lifeline", "call.created",
         R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"voice"})"},
        {"ada", "call.participant.added",
         R"({"callId":"sess_1","participantId":"ada","role":"user"})"},
        {"ada", "call.participant.added",
         R"({"callId":"sess_1","participantId":"agt","role":"agent"})"}};
    for (const auto* list : {&opening, &steps})
        for (const Step& step : *list) {
            ++seq;
            const auto event =
                checker.check(contract::event_json("e" + std::to_string(seq), "sess_1",
                                                   format_rfc3339(begin), step.type, step.payload),
                              contract::Sender::server);
            EXPECT_TRUE(event.has_value())
                << step.type << step.payload << event.error().reason << event.error().pointer;
            if (event) conversation.take(*event, step.who, seq, begin + Millis(seq));
        }
    return conversation;
}

// "user: hello | assistant: hi"
std::string shown(const Conversation& conversation) {
    const std::vector<Round> rounds;
    const std::vector<Message> before;
    std::string text;
    for (const Message& message : messages_of({.conversation = conversation,
                                               .persona = {},
                                               .running = {},
                                               .rounds = rounds,
                                               .before = before})) {
        if (!text.empty()) text += " | ";
        text += message.role == Message::Role::user        ? "user: "
                : message.role == Message::Role::assistant ? "assistant: "
                                                           : "tool: ";
        text += message.text;
        for (const ToolCall& call : message.calls) text += call.name + call.args_json;
    }
    return text;
}

Step final_of(std::string id, std::string text, std::string who = "ada",
              std::string speaker = "user") {
    return {
        std::move(who), "transcript.final",
        fmt::format(R"({{"utteranceId":"{}","speaker":"{}","text":"{}","startMs":0,"endMs":1}})",
                    id, speaker, text)};
}

Step started(std::string id) {
    return {
        "ada", "transcript.utterance.started",
        fmt::format(R"({{"utteranceId":"{}","speaker":"user","participantId":"ada","startMs":0}})",
                    id)};
}

Step asked(std::string id, std::string type = "mail.send") {
    return {"agt", "orchestration.action.requested",
            fmt::format(R"({{"actionId":"{}","actionType":"{}","summary":"s","args":{{"a":1}}}})",
                        id, type)};
}

}  // namespace

TEST(Conversation, IsWhatAModelMaySee) {
    struct Case {
        const char* name;
        std::vector<Step> steps;
        std::string shown;
    };
    const std::string cut =
        R"({"utteranceId":"a1","heardText":"One, two","playedMs":300,"generatedText":"One, two, three."})";
    const Case cases[] = {
        {"what was said, in order",
         {final_of("u1", "Hello"), final_of("a1", "Hi", "agt", "agent")},
         "user: Hello | assistant: Hi"},
        {"a late final text stands where its speech began",
         {started("u1"), final_of("a1", "Hi", "agt", "agent"), final_of("u1", "Hello")},
         "user: Hello | assistant: Hi"},
        {"what is only begun is not there", {started("u1"), final_of("u2", "Yes")}, "user: Yes"},
        {"what was generated and not heard is not there",
         {final_of("a1", "One, two, three.", "agt", "agent"), {"agt", "transcript.truncated", cut}},
         "assistant: One, two | user: [Note of the server: you were interrupted. The last that was "
         "heard of what you said there is \"One, two\".]"},
        {"a text that comes after the cut does not bring it back",
         {{"agt", "transcript.utterance.started",
           R"({"utteranceId":"a1","speaker":"agent","participantId":"agt","startMs":0})"},
          {"agt", "transcript.truncated", cut},
          final_of("a1", "One, two, three.", "agt", "agent")},
         "assistant: One, two | user: [Note of the server: you were interrupted. The last that was "
         "heard of what you said there is \"One, two\".]"},
        {"of what was not heard at all the note is left",
         {final_of("a1", "One, two, three.", "agt", "agent"),
          {"agt", "transcript.truncated",
           R"({"utteranceId":"a1","heardText":"","playedMs":0,"cause":"barge_in"})"}},
         "user: [Note of the server: you were interrupted, and nothing was heard of what you said "
         "there.]"},
        {"another agent's cut is no note to this one",
         {final_of("o1", "One, two.", "other", "agent"),
          {"other", "transcript.truncated",
           R"({"utteranceId":"o1","heardText":"One","playedMs":0})"}},
         "user: [other, another agent] One"},
        {"a correction replaces",
         {final_of("u1", "Helo"),
          {"x", "transcript.corrected",
           R"({"utteranceId":"u1","text":"Hello","by":"x","previousHash":")" +
               std::string(64, 'a') + "\"}"}},
         "user: Hello"},
        {"what was redacted is gone",
         {final_of("u1", "Card 1234 ok"),
          {"x", "transcript.redacted",
           R"({"utteranceId":"u1","spans":[{"from":5,"to":9,"kind":"card"}],"policyId":"p","by":"x"})"}},
         "user: Card [redacted] ok"},
        {"an action that waits for a person says so",
         {asked("x1"),
          {"s", "orchestration.action.awaiting_confirmation",
           R"({"actionId":"x1","confirmationId":"c1","reason":"r","expiresAt":"2026-02-16T10:05:00.000Z"})"}},
         "assistant: mail.send{\"a\":1} | tool: "
         "{\"status\":\"waiting_for_the_person\",\"note\":\"The person was asked to confirm this. "
         "It "
         "has not happened. Do not ask for it again; you will be told what they decide.\"}"},
        {"an action that failed says why, and again since it is news",
         {asked("x1"),
          {"s", "orchestration.action.failed",
           R"({"actionId":"x1","code":"http_500","message":"broken","attempt":1})"},
          {"agt", "orchestration.result.delivered",
           R"({"actionId":"x1","target":"model","status":"completed"})"}},
         "assistant: mail.send{\"a\":1} | tool: {\"status\":\"failed\",\"note\":\"http_500: "
         "broken\"}"},
        {"one whose time ran out between two attempts says why the first failed",
         {asked("x1"),
          {"s", "orchestration.action.attempt.failed",
           R"({"actionId":"x1","attempt":1,"code":"http_503","message":"busy",)"
           R"("willRetryAt":"2026-02-16T10:05:00.000Z"})"},
          {"s", "orchestration.action.timed_out", R"({"actionId":"x1","deadlineMs":1000})"}},
         "assistant: mail.send{\"a\":1} | tool: {\"status\":\"timed_out\",\"note\":\"http_503: "
         "busy\"}"},
        {"another agent's action is not mine",
         {{"other", "orchestration.action.requested",
           R"({"actionId":"x1","actionType":"t","summary":"s"})"},
          final_of("o1", "I am here", "other", "agent")},
         "user: [other, another agent] I am here"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        EXPECT_EQ(shown(fold(one.steps)), one.shown);
    }
}

TEST(Conversation, KeepsTheNewestAndSaysWhatItLeftOut) {
    std::vector<Step> steps;
    for (int i = 0; i < 700; ++i) steps.push_back(final_of("u" + std::to_string(i), "word"));
    const Conversation conversation = fold(steps);
    EXPECT_EQ(conversation.entries().size() + conversation.dropped(), 700U);
    const std::string text = shown(conversation);
    EXPECT_TRUE(text.starts_with("user: [580 earlier entries")) << text.substr(0, 80);
}

// For a provider that remembers the rest.
TEST(Conversation, NewIsWhatTheTurnBeforeCouldNotHaveHad) {
    const auto news = [](const std::vector<Step>& steps, std::string_view running) {
        const Conversation conversation = fold(steps);
        const std::vector<Round> rounds;
        const std::vector<Message> before{{.role = Message::Role::user, .text = "earlier"}};
        std::string text;
        for (const Message& message : messages_of({.conversation = conversation,
                                                   .persona = {},
                                                   .running = running,
                                                   .rounds = rounds,
                                                   .before = before}))
            if (message.is_new && message.role == Message::Role::user) text += message.text + ", ";
        return text;
    };
    const auto turn = [](const char* id, const char* input) {
        return Step{
            "agt", "orchestration.turn.started",
            fmt::format(R"({{"turnId":"{}","orchestrator":"x","inputUtteranceIds":["{}"]}})", id,
                        input)};
    };
    const Step spoke = final_of("a1", "Hi", "agt", "agent");
    EXPECT_EQ(news({final_of("u1", "One"), turn("t1", "u1")}, "t1"), "earlier, One, ")
        << "at first all of it";
    EXPECT_EQ(news({final_of("u1", "One"), turn("t1", "u1"), spoke, final_of("u2", "Two"),
                    turn("t2", "u2")},
                   "t2"),
              "Two, ");
    EXPECT_EQ(news({started("u1"), spoke, final_of("u1", "Late"), turn("t2", "u1")}, "t2"),
              "Late, ")
        << "begun before, and said after";
    const Step cut{"agt", "transcript.truncated",
                   R"({"utteranceId":"a1","heardText":"H","playedMs":1})"};
    EXPECT_EQ(news({final_of("u1", "One"), turn("t1", "u1"), spoke, cut, final_of("u2", "Two"),
                    turn("t2", "u2")},
                   "t2"),
              "[Note of the server: you were interrupted. The last that was heard of what you said "
              "there is \"H\".], Two, ")
        << "it remembers all that it said";
    EXPECT_EQ(news({final_of("u1", "One"), turn("t1", "u1"), spoke, turn("t2", "u1")}, "t2"),
              "One, ")
        << "what another attempt did not answer";
}

TEST(Conversation, HasTheDocumentsThatAreSharedWithItsCall) {
    const auto told = [](const char* id, const char* more = "") {
        return Step{
            "s", "orchestration.deliverable.updated",
            fmt::format(R"({{"documentId":"{}","kind":"cv","rev":1,"by":"ada"{}}})", id, more)};
    };
    const auto both = fold({told("doc_1"), told("doc_2")});
    EXPECT_EQ(both.documents().size(), 2u);
    const auto one = fold({told("doc_1"), told("doc_2"), told("doc_1", R"(,"unshared":true)")});
    EXPECT_EQ(one.documents().size(), 1u);
    EXPECT_TRUE(one.documents().contains("doc_2"));
}

TEST(Conversation, HasTheModeAndWhoSetIt) {
    const auto changed = [](const char* who, const char* mode, const char* state) {
        return Step{who, "orchestration.mode.changed",
                    fmt::format(R"({{"mode":"{}","state":"{}","reason":"r","rev":1,)"
                                R"("context":{{"for":"{}"}}}})",
                                mode, state, mode)};
    };
    const auto one = fold({changed("agt", "cv", "activated"), changed("x", "draw", "deactivated")});
    EXPECT_EQ(one.mode(), "cv");
    EXPECT_EQ(one.mode_by(), "agt");
    EXPECT_EQ(one.mode_context(), R"({"for":"cv"})") << "another one's end is not its end";
    EXPECT_EQ(
        fold({changed("agt", "cv", "activated"), changed("x", "cv", "deactivated")}).mode_by(), "");
}

TEST(Conversation, OfSeveralAgentsTheAddressedOneAnswers) {
    const auto second = [](std::vector<Step> steps) {
        steps.insert(steps.begin(), {"ada", "call.participant.added",
                                     R"({"callId":"sess_1","participantId":"coach","role":"agent",)"
                                     R"("identity":{"displayName":"Coach"}})"});
        return fold(steps).answering_agent();
    };
    EXPECT_EQ(second({}), "agt");
    EXPECT_EQ(second({final_of("u1", "Coach, what next?")}), "coach");
    EXPECT_EQ(second({final_of("u1", "Coaching is fine")}), "agt");
    EXPECT_EQ(second({final_of("u1", "and you, @coach?")}), "coach");
    EXPECT_EQ(second({{"s", "call.turn.owner_changed",
                       R"({"callId":"sess_1","turnId":"t","owner":"agent","agentId":"coach"})"}}),
              "coach");
    EXPECT_EQ(second({{"s", "orchestration.agent.handoff",
                       R"({"from":"agt","to":"coach","reason":"r"})"}}),
              "coach");
}

}  // namespace lifeline::agent
