#include "tools/mcp.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contract/json.h"
#include "tools/registry.h"

namespace lifeline::tools {
namespace {

using contract::Risk;

TEST(Mcp, TheRiskIsWhatTheHintsLeave) {
    struct Case {
        const char* annotations;
        Risk risk;
    };
    const Case cases[] = {
        {"{}", Risk::high_risk_external_send},
        {R"({"title":"x"})", Risk::high_risk_external_send},
        {R"({"readOnlyHint":true})", Risk::read_only},
        {R"({"readOnlyHint":true,"destructiveHint":true,"openWorldHint":true})", Risk::read_only},
        {R"({"readOnlyHint":false})", Risk::high_risk_external_send},
        {R"({"destructiveHint":false})", Risk::high_risk_external_send},
        {R"({"openWorldHint":false})", Risk::high_risk_external_send},
        {R"({"destructiveHint":false,"openWorldHint":false})", Risk::low_risk_write},
        {R"({"destructiveHint":true,"openWorldHint":false})", Risk::high_risk_external_send},
        {R"({"destructiveHint":false,"openWorldHint":true})", Risk::high_risk_external_send},
        {R"({"readOnlyHint":"true"})", Risk::high_risk_external_send},  // no claim but a text
        {R"({"destructiveHint":0,"openWorldHint":null})", Risk::high_risk_external_send},
        {"[]", Risk::high_risk_external_send},
    };
    for (const auto& [annotations, risk] : cases) {
        SCOPED_TRACE(annotations);
        EXPECT_EQ(risk_of(hints_of(*contract::Json::parse(annotations))), risk);
    }
    EXPECT_EQ(risk_of({}), Risk::high_risk_external_send);
}

constexpr const char* offered = R"({"tools":[
    {"name":"read","description":"Reads a file.","annotations":{"readOnlyHint":true},
     "inputSchema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                    "properties":{"path":{"type":"string"}},"required":["path"]}},
    {"name":"write","title":"Write a file","annotations":{"destructiveHint":false,
     "openWorldHint":false,"idempotentHint":true},"inputSchema":{"type":"object"}},
    {"name":"send"},
    {"name":"two words","inputSchema":{"type":"object"}},
    {"name":"broken","inputSchema":{"type":"object","properties":{"a":{"pattern":"(?=x)y"}}}},
    {"name":"read","annotations":{"readOnlyHint":false}},
    {"noName":true},
    7]})";

McpServer files() {
    McpServer server;
    server.name = "files";
    server.prefix = "files.";
    server.url = "http://127.0.0.1:9000/mcp";
    return server;
}

TEST(Mcp, TakesOverWhatAServerOffers) {
    McpServer server = files();
    server.risks = {{"write", Risk::high_risk_external_send}, {"send", Risk::low_risk_write}};
    server.timeout = Millis{1'234};
    const auto offer = read_mcp_tools(server, offered);
    ASSERT_TRUE(offer);
    ASSERT_EQ(offer->tools.size(), 3U);
    const Tool& read = offer->tools[0];
    EXPECT_EQ(read.name, "files.read");
    EXPECT_EQ(read.kind, Kind::mcp);
    EXPECT_EQ(read.server, "files");
    EXPECT_EQ(read.mcp_tool, "read");
    EXPECT_EQ(read.risk, Risk::read_only);
    EXPECT_EQ(read.timeout, Millis{1'234});
    EXPECT_EQ(read.description, "Reads a file.");
    const Tool& write = offer->tools[1];
    EXPECT_EQ(write.risk, Risk::high_risk_external_send);  // configured, over its hints
    EXPECT_TRUE(write.idempotent);
    EXPECT_EQ(write.display.title, "Write a file");
    EXPECT_EQ(offer->tools[2].risk, Risk::low_risk_write);
    EXPECT_FALSE(offer->tools[2].idempotent);

    const auto registry = Registry::create(offer->tools);
    ASSERT_TRUE(registry);
    const Tool* found = registry->find("files.read");
    EXPECT_TRUE(registry->check_args(*found, R"({"path":"a"})"));
    EXPECT_EQ(registry->check_args(*found, "{}").error().pointer, "/payload/args/path");
}

TEST(Mcp, LeavesOutWhatItCannotTakeAndSaysWhy) {
    const auto offer = read_mcp_tools(files(), offered);
    ASSERT_TRUE(offer);
    ASSERT_EQ(offer->refused.size(), 5U);
    EXPECT_EQ(offer->refused[0].pointer, "/files.two words/name");
    EXPECT_EQ(offer->refused[1].pointer, "/files.broken/schema/properties/a/pattern");
    EXPECT_EQ(offer->refused[2].detail, "files.read: it is there twice");
}

TEST(Mcp, TakesOnlyWhatIsAskedFor) {
    McpServer server = files();
    server.only = {"send", "absent"};
    const auto offer = read_mcp_tools(server, offered);
    ASSERT_TRUE(offer);
    ASSERT_EQ(offer->tools.size(), 1U);
    EXPECT_EQ(offer->tools[0].name, "files.send");
    EXPECT_TRUE(offer->refused.empty());
}

TEST(Mcp, AListThatIsNoneIsRefused) {
    for (const char* list : {"", "[]", "{}", R"({"tools":{}})", R"({"tools":[})"})
        EXPECT_FALSE(read_mcp_tools(files(), list)) << list;
    EXPECT_TRUE(read_mcp_tools(files(), R"({"tools":[]})")->tools.empty());
}

}  // namespace
}  // namespace lifeline::tools
