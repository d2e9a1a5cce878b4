#include "agent/chat_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/chat_request.h"
#include "contract/json.h"

namespace lifeline::agent {

namespace {

struct Heard final : Hearer {
    void text(std::string_view piece) override { words += piece; }
    void thought(std::string_view piece) override { thoughts += piece; }
    void called(ToolCall) override {}
    void answering(std::string_view name) override { model = name; }
    void used(const Usage& usage) override { last = usage; }
    void ended(std::string_view) override {}
    void failed(const Failure&) override {}

    std::string words;
    std::string thoughts;
    std::string model;
    std::optional<Usage> last;
};

std::string sse(std::string_view json) {
    return fmt::format("data: {}\n\n", json);
}

std::string delta(std::string_view inner, std::string_view finish = "null") {
    return sse(fmt::format(R"({{"choices":[{{"index":0,"delta":{{{}}},"finish_reason":{}}}]}})",
                           inner, finish));
}

// "words | tool{args} ... | end_turn in/cached/out", or the reason of the failure.
std::string heard(const std::string& stream, std::size_t step) {
    Heard hearer;
    ChatStream chat(hearer);
    auto state = ChatStream::State::going;
    for (std::size_t i = 0; i < stream.size() && state == ChatStream::State::going; i += step)
        state = chat.feed(std::string_view(stream).substr(i, step));
    if (state == ChatStream::State::going) state = chat.closed();
    if (state == ChatStream::State::failed) return hearer.words + "|" + chat.failure().reason;
    std::string out = hearer.words + "|";
    for (const ToolCall& call : chat.take_calls()) out += call.name + call.args_json;
    out += "|" + chat.stop_reason();
    const auto number = [](const std::optional<std::int64_t>& value) {
        return value ? std::to_string(*value) : "?";
    };
    if (hearer.last)
        out += fmt::format(" {}/{}/{}", number(hearer.last->input_tokens),
                           number(hearer.last->cached_tokens), number(hearer.last->output_tokens));
    return out;
}

}  // namespace

TEST(ChatStream, HearsTheSameHoweverItIsCut) {
    struct Case {
        const char* name;
        std::string stream;
        std::string heard;
    };
    const std::string done = "data: [DONE]\n\n";
    const Case cases[] = {
        {"words",
         delta(R"("role":"assistant","content":"")") + delta(R"("content":"Good ")") +
             delta(R"("content":"day")") + delta("", R"("stop")") + done,
         "Good day||end_turn"},
        {"usage in the last chunk",
         delta(R"("content":"x")", R"("stop")") +
             sse(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,)"
                 R"("prompt_tokens_details":{"cached_tokens":3}}})") +
             done,
         "x||end_turn 7/3/2"},
        {"usage in the choice",
         sse(R"({"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop",)"
             R"("usage":{"prompt_tokens":7,"completion_tokens":2,"cached_tokens":1}}]})") +
             done,
         "x||end_turn 7/1/2"},
        {"one call in pieces",
         delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"look","arguments":""}}])") +
             delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}])") +
             delta(R"("tool_calls":[{"index":0,"function":{"arguments":":1}"}}])") +
             delta("", R"("tool_calls")") + done,
         R"(|look{"a":1}|tool_calls)"},
        {"two at once, interleaved",
         delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"a","arguments":"{"}},)"
               R"({"index":1,"id":"d","function":{"name":"b","arguments":"{"}}])") +
             delta(R"("tool_calls":[{"index":1,"function":{"arguments":"}"}}])") +
             delta(R"("tool_calls":[{"index":0,"function":{"arguments":"}"}}])",
                   R"("tool_calls")") +
             done,
         "|a{}b{}|tool_calls"},
        {"all with the same index, told apart by their ids",
         delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"a","arguments":"{}"}}])") +
             delta(
                 R"("tool_calls":[{"index":0,"id":"d","function":{"name":"b","arguments":"{}"}}])",
                 R"("tool_calls")") +
             done,
         "|a{}b{}|tool_calls"},
        {"without an index",
         delta(R"("tool_calls":[{"id":"c","function":{"name":"a","arguments":"{"}}])") +
             delta(R"("tool_calls":[{"function":{"arguments":"}"}}])", R"("tool_calls")") + done,
         "|a{}|tool_calls"},
        {"no mark at the end, but a reason", delta(R"("content":"x")", R"("length")"),
         "x||max_tokens"},
        {"cut in the middle", delta(R"("content":"x")"), "x|model_cut"},
        {"cut inside a chunk", delta(R"("content":"x")") + "data: {\"choi", "x|model_cut"},
        {"no JSON", delta(R"("content":"x")") + sse("{oops"), "x|model_malformed"},
        {"an error in the stream",
         delta(R"("content":"x")") + sse(R"({"error":{"message":"overloaded"}})"),
         "x|model_failed"},
        {"half a character in each chunk",
         delta(R"("content":"a\ud83d")") + delta(R"("content":"\ude00b")", R"("stop")") + done,
         "a\xEF\xBF\xBD\xEF\xBF\xBD"
         "b||end_turn"},
        {"comments and other choices",
         ": ping\n\n" + sse(R"({"choices":[{"index":1,"delta":{"content":"no"}}]})") +
             delta(R"("content":"x")", R"("stop")") + done,
         "x||end_turn"},
    };
    for (const Case& one : cases)
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, one.stream.size()}) {
            SCOPED_TRACE(fmt::format("{} by {}", one.name, step));
            EXPECT_EQ(heard(one.stream, step), one.heard);
        }
}

TEST(ChatStream, KeepsThoughtsApart) {
    Heard hearer;
    ChatStream chat(hearer);
    chat.feed(delta(R"("reasoning_content":"Hm.")") + delta(R"("content":"Yes")"));
    EXPECT_EQ(hearer.thoughts, "Hm.");
    EXPECT_EQ(hearer.words, "Yes");
    EXPECT_TRUE(chat.told());
}

TEST(ChatRequest, IsWhatTheProviderTakes) {
    Prompt prompt;
    prompt.system = "You help.";
    prompt.output_tokens_max = 50;
    prompt.tools = {{"mail.send", "Sends.", R"({"type":"object"})"}, {"mail_send", "", ""}};
    prompt.messages = {{.role = Message::Role::user, .text = "Go"},
                       {.role = Message::Role::assistant, .calls = {{"c1", "mail.send", "{}"}}},
                       {.role = Message::Role::tool, .text = "ok", .call_id = "c1"}};
    for (const Profile& profile : profiles()) {
        SCOPED_TRACE(profile.name);
        WireNames names(prompt);
        const auto body = contract::Json::parse(chat_request(prompt, profile, "m", names));
        ASSERT_TRUE(body.has_value());
        EXPECT_FALSE(body->find("tool_choice"));
        EXPECT_FALSE(body->find("temperature"));
        EXPECT_EQ(body->find(profile.limit_field)->as_integer(), 50);
        const auto tools = body->find("tools")->items();
        EXPECT_EQ(tools[0].find("function")->text("name"), "mail_send");
        EXPECT_EQ(tools[1].find("function")->text("name"), "mail_send_2");
        EXPECT_EQ(names.tool("mail_send"), "mail.send");
        EXPECT_EQ(names.tool("mail_send_2"), "mail_send");
        const auto asked = body->find("messages")->items()[2];
        EXPECT_EQ(asked.find("reasoning_content").has_value(), profile.thought_comes_back);
        EXPECT_EQ(asked.find("tool_calls")->items()[0].find("function")->text("name"), "mail_send");
    }
}

}  // namespace lifeline::agent
