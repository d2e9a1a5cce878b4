#include "agent/openclaw_story.h"

#include <gtest/gtest.h>

#include <vector>

namespace lifeline::agent::openclaw {

namespace {

std::string agent(std::string_view stream, std::string_view data) {
    return R"({"type":"event","event":"agent","payload":{"runId":"r","seq":1,"stream":")" +
           std::string(stream) + R"(","data":)" + std::string(data) + "}}";
}
std::string said(std::string_view all) {
    return agent("assistant", R"({"text":")" + std::string(all) + R"(","delta":"x"})");
}
std::string chat(std::string_view state, std::string_view all) {
    return R"({"type":"event","event":"chat","payload":{"runId":"r","state":")" +
           std::string(state) + R"(","deltaText":"x","message":{"role":"assistant","content":[)" +
           R"({"type":"text","text":")" + std::string(all) + R"("}]}}})";
}
std::string result(std::string_view text) {
    return R"({"type":"res","id":"l2","ok":true,"payload":{"runId":"r","status":"ok","result":)"
           R"({"payloads":[{"text":")" +
           std::string(text) +
           R"("}],"meta":{"agentMeta":{"model":"m","usage":{"input":9,"output":7,"cacheRead":2}}}}}})";
}
const std::string accepted =
    R"({"type":"res","id":"l2","ok":true,"payload":{"runId":"r","status":"accepted"}})";
const std::string start = agent("lifecycle", R"({"phase":"start"})");
const std::string end = agent("lifecycle", R"({"phase":"end"})");
const std::string cancelled = agent("lifecycle", R"({"phase":"end","status":"cancelled"})");
const std::string error = agent("lifecycle", R"({"phase":"error","error":"boom"})");

}  // namespace

TEST(Story, IsToldOnce) {
    struct Case {
        const char* name;
        std::vector<std::string> given;
        const char* text;
        Story::End end;
        bool complete;
    };
    using End = Story::End;
    const Case cases[] = {
        {"under way",
         {accepted, start, said("Good"), said("Good day")},
         "Good day",
         End::none,
         false},
        {"by both streams",
         {said("Go"), chat("delta", "Go"), said("Good"), chat("delta", "Good")},
         "Good",
         End::none,
         false},
        {"the end before its result", {said("Hi"), end}, "Hi", End::finished, false},
        {"the end and its result", {said("Hi"), end, result("Hi")}, "Hi", End::finished, true},
        {"only the result, after a lost connection",
         {result("Hi there")},
         "Hi there",
         End::finished,
         true},
        {"the rest of it with the result",
         {said("Hi"), result("Hi there")},
         "Hi there",
         End::finished,
         true},
        {"two messages, and a result of both",
         {said("A"), said("B"), end, result("A\\n\\nB")},
         "A\n\nB",
         End::finished,
         true},
        {"the rest of it with the final",
         {said("H"), chat("final", "Hi")},
         "Hi",
         End::finished,
         false},
        {"another message after a tool",
         {said("One."), said("Two")},
         "One.\n\nTwo",
         End::none,
         false},
        {"late pieces and a second end",
         {said("Hi"), end, said("Hi late"), error},
         "Hi",
         End::finished,
         false},
        {"two ends after an abort", {said("Hi"), cancelled, error}, "Hi", End::cancelled, true},
        {"a failure", {start, error, end}, "", End::failed, true},
    };
    for (const auto& [name, given, text, then, complete] : cases) {
        SCOPED_TRACE(name);
        Story story;
        std::string told;
        for (const auto& frame : given) {
            const auto heard = read_frame(frame);
            ASSERT_TRUE(heard) << frame;
            told += story.take(*heard);
        }
        EXPECT_EQ(told, text);
        EXPECT_EQ(story.end(), then);
        EXPECT_EQ(story.complete(), complete);
    }
}

TEST(Story, HasTheResultsUsage) {
    Story story;
    story.take(*read_frame(end));
    EXPECT_FALSE(story.usage()) << "unknown, not 0";
    story.take(*read_frame(result("Hi")));
    EXPECT_EQ(story.usage()->input_tokens, 11) << "cached ones are part of it";
    EXPECT_EQ(story.usage()->cached_tokens, 2);
    EXPECT_EQ(story.usage()->output_tokens, 7);
    EXPECT_EQ(story.model(), "m");
}

TEST(OpenClawWire, ReadsWhatItKnowsAndPassesOverTheRest) {
    const auto kind = [](std::string_view text) { return read_frame(text)->kind; };
    EXPECT_EQ(kind(R"({"type":"event","event":"connect.challenge","payload":{"nonce":"n"}})"),
              Heard::Kind::challenge);
    EXPECT_EQ(kind(R"({"type":"event","event":"tick"})"), Heard::Kind::other);
    EXPECT_EQ(kind(R"({"type":"novelty"})"), Heard::Kind::other);
    EXPECT_FALSE(read_frame("{"));
    const auto refused = read_frame(
        R"({"type":"res","id":"l1","ok":false,"error":{"code":"UNAVAILABLE","message":"m","retryable":true}})");
    EXPECT_FALSE(refused->ok);
    EXPECT_EQ(refused->code, "UNAVAILABLE");
    EXPECT_TRUE(refused->retryable);
    const auto hello = read_frame(
        R"({"type":"res","id":"l1","ok":true,"payload":{"type":"hello-ok","protocol":4}})");
    EXPECT_EQ(hello->protocol, 4);
}

TEST(OpenClawWire, ShowsTheAgentWhatIsNewAndHowToNameTheCall) {
    Prompt prompt;
    prompt.session_id = "sess_1";
    prompt.system = "Be kind.";
    using Role = Message::Role;
    prompt.messages = {{.role = Role::user, .text = "old", .is_new = false},
                       {.role = Role::assistant, .text = "mine"},
                       {.role = Role::user, .text = "[Note of the server: cut.]"},
                       {.role = Role::user, .text = "new"}};
    const std::string message = message_of(prompt);
    EXPECT_NE(message.find("Be kind."), std::string::npos);
    EXPECT_NE(message.find(R"("session": "sess_1")"), std::string::npos);
    EXPECT_NE(message.find("[Note of the server: cut.]\nnew\n"), std::string::npos);
    EXPECT_EQ(message.find("old"), std::string::npos);
    EXPECT_EQ(message.find("mine"), std::string::npos) << "it remembers what it said";
}

}  // namespace lifeline::agent::openclaw
