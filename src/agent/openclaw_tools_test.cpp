#include "agent/openclaw_tools.h"

#include <gtest/gtest.h>

namespace lifeline::agent::openclaw {
namespace {

TEST(OpenClawTools, WhatIsNotKnownToBeHarmlessIsPastTheGates) {
    struct Case {
        const char* name;
        const char* tool;
        Reach reach;
    };
    const Case cases[] = {
        {"ours", R"({"id":"lifeline__send_email","source":"mcp"})", Reach::gated},
        {"ours, by its server", R"({"id":"send","source":"mcp","mcpServer":"lifeline"})",
         Reach::gated},
        {"another server that is called like ours",
         R"({"id":"lifeline__send","source":"mcp","mcpServer":"mailer"})", Reach::unknown},
        {"another server", R"({"id":"lifelines__send","source":"mcp"})", Reach::unknown},
        {"a plugin's that is called like ours", R"({"id":"lifeline__send","source":"plugin"})",
         Reach::unknown},
        {"a status", R"({"id":"session_status","source":"core"})", Reach::harmless},
        {"a plugin's that is called like a status", R"({"id":"session_status","source":"plugin"})",
         Reach::unknown},
        {"a program", R"({"id":"exec","source":"core"})", Reach::executes},
        {"a file", R"({"id":"write","source":"core"})", Reach::writes},
        {"a message", R"({"id":"message","source":"core"})", Reach::sends},
        {"the gateway", R"({"id":"gateway","source":"core"})", Reach::configures},
        {"one of next week", R"({"id":"teleport","source":"core"})", Reach::unknown},
        {"a channel's", R"({"id":"post","source":"channel"})", Reach::unknown},
        {"of nowhere", R"({"id":"session_status"})", Reach::unknown},
    };
    for (const auto& [name, tool, reach] : cases) {
        SCOPED_TRACE(name);
        const auto json =
            contract::Json::parse(R"({"groups":[{"tools":[)" + std::string(tool) + "]}]}");
        const auto found = inventory_in(*json, "lifeline").tools;
        ASSERT_EQ(found.size(), 1u);
        EXPECT_EQ(found.front().reach, reach);
        EXPECT_EQ(is_past_the_gates(reach), reach != Reach::gated && reach != Reach::harmless);
    }
}

TEST(OpenClawTools, AreReadGroupByGroup) {
    const auto json = contract::Json::parse(
        R"({"groups":[{"id":"core","source":"core","tools":[{"id":"exec"},{"label":"no id"},)"
        R"({"id":"write","deniedBySession":true}]},{"source":"plugin"},"x",)"
        R"({"source":"mcp","tools":[{"id":"lifeline__a"}]}]})");
    EXPECT_EQ(inventory_in(*json, "lifeline").tools,
              (std::vector<OwnTool>{{"exec", "core", Reach::executes},
                                    {"lifeline__a", "mcp", Reach::gated}}));
    EXPECT_TRUE(inventory_in(*contract::Json::parse("{}"), "lifeline").tools.empty());
}

TEST(OpenClawTools, AreNotAllThereWhereTheGatewaySaysSo) {
    const auto complete = [](std::string_view notices) {
        const auto json =
            contract::Json::parse(R"({"groups":[],"notices":)" + std::string(notices) + "}");
        return inventory_in(*json, "lifeline").complete;
    };
    EXPECT_TRUE(complete("[]"));
    EXPECT_TRUE(complete(R"([{"id":"profile-minimal"},"x",{}])"));
    EXPECT_FALSE(complete(R"([{"id":"mcp-not-yet-connected"}])"));
    EXPECT_FALSE(complete(R"([{"id":"other"},{"id":"mcp-stale-catalog"}])"));
}

}  // namespace
}  // namespace lifeline::agent::openclaw
