#include "orchestration/mcp_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace lifeline::orchestration {
namespace {

using Kind = McpMessage::Kind;

TEST(McpMessage, WhatIsOne) {
    struct Case {
        const char* text;
        Kind kind;
        std::int64_t id;
        const char* id_json;
        const char* method;
    };
    const Case cases[] = {
        {R"({"jsonrpc":"2.0","id":3,"result":{}})", Kind::result, 3, "", ""},
        {R"({"result":{"a":1},"jsonrpc":"2.0","id":3,"more":1})", Kind::result, 3, "", ""},
        {R"({"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"x"}})", Kind::error, 3, "", ""},
        {R"({"jsonrpc":"2.0","method":"m","params":{}})", Kind::notification, 0, "", "m"},
        {R"({"jsonrpc":"2.0","id":7,"method":"ping"})", Kind::request, 0, "7", "ping"},
        {R"({"jsonrpc":"2.0","id":"a\"b","method":"ping"})", Kind::request, 0, R"("a\"b")", "ping"},
    };
    for (const auto& [text, kind, id, id_json, method] : cases) {
        SCOPED_TRACE(text);
        const auto message = parse_mcp_message(text);
        ASSERT_TRUE(message) << message.error().detail;
        EXPECT_EQ(message->kind, kind);
        EXPECT_EQ(message->id, id);
        EXPECT_EQ(message->id_json, id_json);
        EXPECT_EQ(message->method, method);
    }
}

TEST(McpMessage, WhatIsNone) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "json_invalid"},
        {"Server listening", "json_invalid"},
        {"[]", "bad_format"},
        {R"([{"jsonrpc":"2.0","id":1,"result":{}}])", "bad_format"},
        {R"({"id":1,"result":{}})", "bad_format"},
        {R"({"jsonrpc":"1.0","id":1,"result":{}})", "bad_format"},
        {R"({"jsonrpc":"2.0","result":{}})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":"1","result":{}})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":null,"error":{}})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":1})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":{},"method":"ping"})", "bad_format"},
        {R"({"jsonrpc":"2.0","id":")" + std::string(100, 'i') + R"(","method":"ping"})",
         "bad_format"},
        {R"({"jsonrpc":"2.0","id":1,"id":2,"result":{}})", "duplicate_key"},
        {R"({"jsonrpc":"2.0","id":1,"result":)" + std::string(40, '[') + std::string(40, ']') + "}",
         "depth_exceeded"},
    };
    for (const auto& [text, reason] : cases) {
        SCOPED_TRACE(text);
        const auto message = parse_mcp_message(text);
        ASSERT_FALSE(message);
        EXPECT_EQ(message.error().reason, reason);
    }
}

TEST(McpMessage, WhatWeSay) {
    EXPECT_EQ(mcp_request(4, "tools/list", "{}"),
              R"({"jsonrpc":"2.0","id":4,"method":"tools/list","params":{}})");
    EXPECT_EQ(mcp_notification("n", R"({"a":1})"),
              R"({"jsonrpc":"2.0","method":"n","params":{"a":1}})");
    EXPECT_EQ(mcp_reply("\"x\""), R"({"jsonrpc":"2.0","id":"x","result":{}})");
    EXPECT_EQ(mcp_refusal("1", -32601, "no"),
              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})");
}

std::optional<McpTool> tool(std::string_view text) {
    return mcp_tool_from(*contract::Json::parse(text));
}

TEST(McpMessage, ATool) {
    const auto whole = tool(
        R"({"name":"send","title":"Send","description":"Sends.","inputSchema":{"type":"object",)"
        R"("properties":{"to":{"type":"string"}}},"annotations":{"readOnlyHint":false,)"
        R"("destructiveHint":true,"idempotentHint":"yes"}})");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->name, "send");
    EXPECT_EQ(whole->title, "Send");
    EXPECT_EQ(whole->input_schema_json,
              R"({"type":"object","properties":{"to":{"type":"string"}}})");
    EXPECT_EQ(whole->read_only, false);
    EXPECT_EQ(whole->destructive, true);
    EXPECT_EQ(whole->idempotent, std::nullopt) << "a hint of another kind is none";
    EXPECT_EQ(tool(R"({"name":"x"})")->input_schema_json, R"({"type":"object"})");
    EXPECT_EQ(tool(R"({"name":"x","inputSchema":[]})")->input_schema_json, R"({"type":"object"})");
    for (const char* none : {"{}", R"({"name":""})", R"({"name":7})", "[]", "3"})
        EXPECT_FALSE(tool(none)) << none;
    EXPECT_FALSE(tool(R"({"name":")" + std::string(129, 'n') + R"("})"));
}

TEST(McpMessage, NoiseIsNoMessage) {
    SeededRandom random(3);
    const std::string good = R"({"jsonrpc":"2.0","id":12,"result":{"content":[{"type":"text"}]}})";
    int messages = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string text = good;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            text[random.below(text.size())] = static_cast<char>(random.below(256));
        if (const auto message = parse_mcp_message(text)) {
            ++messages;
            EXPECT_TRUE(message->kind != Kind::result || message->body);
        }
    }
    EXPECT_GT(messages, 1000);
}

}  // namespace
}  // namespace lifeline::orchestration
