#include "tools/read_tools.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::tools {
namespace {

TEST(ReadTools, ReadsAllThatCanBeSet) {
    const auto tools = read_tools(R"({"send_email":{"kind":"http","description":"Sends.",
        "url":"https://x.example/send","secret_file":"key","risk":"low_risk_write",
        "idempotent":true,"timeout_ms":5000,"attempts":3,"per_minute":10,"requesters":["user"],
        "schema":{"type":"object"},"display":{"kind":"message_send","title":"Send it?",
        "target":"/to","recipients":"/to","preview":"/text","amount":"/a","currency":"/c",
        "external":false}},
        "read":{"kind":"mcp","server":"files"},"write":{"kind":"mcp","server":"files","tool":"w"},
        "show":{"kind":"client","schema":"{\"type\":\"object\"}"},
        "lifeline.noop":{"kind":"builtin"}})");
    ASSERT_TRUE(tools) << tools.error().pointer << tools.error().detail;
    ASSERT_EQ(tools->size(), 5U);
    const Tool& send = (*tools)[0];
    EXPECT_EQ(send.name, "send_email");
    EXPECT_EQ(send.url, "https://x.example/send");
    EXPECT_EQ(send.secret_file, "key");
    EXPECT_EQ(send.risk, contract::Risk::low_risk_write);
    EXPECT_TRUE(send.idempotent);
    EXPECT_EQ(send.timeout, Millis{5'000});
    EXPECT_EQ(send.attempts, 3);
    EXPECT_EQ(send.per_minute, 10);
    EXPECT_TRUE(send.requesters.has(contract::Role::user));
    EXPECT_FALSE(send.requesters.has(contract::Role::agent));
    EXPECT_EQ(send.schema_json, R"({"type":"object"})");
    EXPECT_EQ(send.display,
              (Display{"message_send", "Send it?", "/to", "/to", "/text", "/a", "/c", false}));
    EXPECT_EQ((*tools)[1].mcp_tool, "read");
    EXPECT_EQ((*tools)[1].risk, contract::Risk::high_risk_external_send);
    EXPECT_TRUE((*tools)[1].requesters.has(contract::Role::agent));
    EXPECT_EQ((*tools)[2].mcp_tool, "w");
    EXPECT_EQ((*tools)[3].schema_json, R"({"type":"object"})");
    EXPECT_EQ((*tools)[4].risk, contract::Risk::read_only);
}

TEST(ReadTools, WhatIsShownIsReadAgain) {
    const char* json = R"({"a":{"kind":"http","url":"https://x.example","secret_file":"key",
        "schema":{"type":"object"},"display":{"title":"x","external":true}}})";
    const auto tools = read_tools(json);
    ASSERT_TRUE(tools);
    std::string shown = show_tool(tools->front());
    const std::string name = R"("name":"a",)";
    shown.erase(shown.find(name), name.size());
    const auto again = read_tools(R"({"a":)" + shown + "}");
    ASSERT_TRUE(again) << again.error().pointer;
    EXPECT_EQ(show_tool(again->front()), show_tool(tools->front()));
}

TEST(ReadTools, AMisspeltLimitIsNoLimitAndSoRefused) {
    struct Case {
        const char* json;
        const char* pointer;
    };
    const Case cases[] = {
        {"", ""},
        {"[]", ""},
        {R"({"a":7})", "/a"},
        {R"({"a":{}})", "/a/kind"},
        {R"({"a":{"kind":"ftp"}})", "/a/kind"},
        {R"({"a":{"kind":"client","timeout":1}})", "/a/timeout"},
        {R"({"a":{"kind":"client","timeout_ms":0}})", "/a/timeout_ms"},
        {R"({"a":{"kind":"client","timeout_ms":1.5}})", "/a/timeout_ms"},
        {R"({"a":{"kind":"client","attempts":"2"}})", "/a/attempts"},
        {R"({"a":{"kind":"client","attempts":-1}})", "/a/attempts"},
        {R"({"a":{"kind":"client","risk":"low"}})", "/a/risk"},
        {R"({"a":{"kind":"client","idempotent":1}})", "/a/idempotent"},
        {R"({"a":{"kind":"client","requesters":"agent"}})", "/a/requesters"},
        {R"({"a":{"kind":"client","requesters":["server"]}})", "/a/requesters"},
        {R"({"a":{"kind":"client","requesters":["boss"]}})", "/a/requesters"},
        {R"({"a":{"kind":"client","url":"https://x.example"}})", "/a/url"},
        {R"({"a":{"kind":"mcp","server":"s","secret_file":"x"}})", "/a/secret_file"},
        {R"({"a":{"kind":"client","schema":"x"}})", "/a/schema"},
        {R"({"a":{"kind":"client","schema":[]}})", "/a/schema"},
        {R"({"a":{"kind":"client","display":"x"}})", "/a/display"},
        {R"({"a":{"kind":"client","display":{"to":"/x"}}})", "/a/display/to"},
        {R"({"a/b":{"kind":"client","display":{"external":"no"}}})", "/a~1b/display/external"},
    };
    for (const auto& [json, pointer] : cases) {
        SCOPED_TRACE(json);
        const auto tools = read_tools(json);
        ASSERT_FALSE(tools);
        EXPECT_EQ(tools.error().reason, "tool_invalid");
        EXPECT_EQ(tools.error().pointer, pointer);
    }
}

TEST(ReadTools, ReadsMcpServers) {
    const auto servers = read_mcp_servers(R"({"web":{"url":"https://x.example/mcp",
        "token_file":"t","prefix":"w.","only":["a"],"risks":{"a":"read_only"},"timeout_ms":7,
        "requesters":["user"]},
        "files":{"command":"npx","args":["-y","files"],"env_from":["PATH"]}})");
    ASSERT_TRUE(servers) << servers.error().pointer << servers.error().detail;
    const McpServer& web = servers->at(0);
    EXPECT_EQ(web.url, "https://x.example/mcp");
    EXPECT_EQ(web.token_file, "t");
    EXPECT_EQ(web.prefix, "w.");
    EXPECT_EQ(web.only, std::vector<std::string>{"a"});
    EXPECT_EQ(web.risks.at("a"), contract::Risk::read_only);
    EXPECT_EQ(web.timeout, Millis{7});
    EXPECT_TRUE(web.requesters.has(contract::Role::user));
    EXPECT_EQ(servers->at(1).command, (std::vector<std::string>{"npx", "-y", "files"}));
    EXPECT_EQ(servers->at(1).env_from, std::vector<std::string>{"PATH"});
    EXPECT_EQ(show_mcp_server(servers->at(1)),
              R"({"name":"files","command":"npx","args":["-y","files"],"env_from":["PATH"],)"
              R"("timeout_ms":30000,"requesters":["agent","service"]})");

    const std::pair<const char*, const char*> refused[] = {
        {R"({"a":{}})", "/a/url"},
        {R"({"a":{"url":"x","command":"y"}})", "/a/command"},
        {R"({"a":{"url":"x","args":[]}})", "/a/args"},
        {R"({"a":{"command":"x","token_file":"t"}})", "/a/token_file"},
        {R"({"a":{"url":"x","risks":{"a":"none"}}})", "/a/risks"},
        {R"({"a":{"url":"x","timeout_ms":600001}})", "/a/timeout_ms"},
        {R"({"a":{"url":"x","headers":{}}})", "/a/headers"},
    };
    for (const auto& [json, pointer] : refused) {
        SCOPED_TRACE(json);
        const auto read = read_mcp_servers(json);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().pointer, pointer);
    }
}

}  // namespace
}  // namespace lifeline::tools
