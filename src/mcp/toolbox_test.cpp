#include "mcp/toolbox.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "contract/json.h"

namespace lifeline::mcp {

namespace {

using contract::Json;
using contract::Role;
using contract::RoleSet;

tools::Tool tool(std::string name, std::string schema = "") {
    tools::Tool made;
    made.name = std::move(name);
    made.kind = tools::Kind::client;
    made.schema_json = std::move(schema);
    return made;
}

tools::Registry registry(std::vector<tools::Tool> tools) {
    auto made = tools::Registry::create(std::move(tools));
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
}

std::vector<std::string> names(std::string_view list_json) {
    std::vector<std::string> found;
    const auto list = Json::parse(list_json);
    for (const auto& one : list->find("tools")->items())
        found.emplace_back(one.text("name").value_or("?"));
    return found;
}

std::optional<Json> find_tool(std::string_view list_json, std::string_view name) {
    const auto list = Json::parse(list_json);
    for (const auto& one : list->find("tools")->items())
        if (one.text("name") == name) return one;
    return std::nullopt;
}

}  // namespace

TEST(Toolbox, ShowsItsOwnToolsAndWhatAgentsMayRequest) {
    auto for_users = tool("hang_up");
    for_users.requesters = RoleSet{Role::user};
    const auto tools = registry(
        {tool("email.send"), tool("email_send"), tool("request_action"), for_users, tool("look")});
    const auto list = Toolbox(tools).list_json("");
    ASSERT_TRUE(list);
    EXPECT_EQ(names(*list), (std::vector<std::string>{
                                "request_action", "get_action", "get_transcript", "get_context",
                                "list_actions_allowed", "email_send", "look"}))
        << "no documents where nothing edits them; of two that look alike the first";
}

TEST(Toolbox, FindsWhatIsMeant) {
    auto for_users = tool("hang_up");
    for_users.requesters = RoleSet{Role::user};
    const auto tools =
        registry({tool("email.send"), tool("email_send"), tool("request_action"), for_users});
    const Toolbox box(tools);
    EXPECT_EQ(box.find("request_action")->own, OwnTool::request_action);
    EXPECT_EQ(box.find("email_send")->action->name, "email.send") << "as it is listed";
    EXPECT_EQ(box.find("email.send")->action->name, "email.send") << "as it is called here";
    EXPECT_FALSE(box.find("hang_up")) << "not for agents";
    EXPECT_FALSE(box.find("edit_document"));
    EXPECT_FALSE(box.find("read_document"));
    const auto reading = registry({tool("document.read")});
    EXPECT_EQ(Toolbox(reading).find("read_document")->own, OwnTool::read_document);
    EXPECT_FALSE(box.find(""));
}

TEST(Toolbox, EverySchemaIsOneOfAnObject) {
    const auto tools = registry({tool("a"), tool("b", R"({"required":["x"]})"),
                                 tool("c", R"({"type":"object","properties":{"x":{}}})")});
    const auto list = Toolbox(tools).list_json("");
    for (const auto& one : Json::parse(*list)->find("tools")->items())
        EXPECT_EQ(one.find("inputSchema")->text("type"), "object") << *one.text("name");
    EXPECT_TRUE(find_tool(*list, "b")->find("inputSchema")->find("required"));
}

TEST(Toolbox, WhoseTokenIsGoodForManyCallsIsAskedForOne) {
    const auto tools = registry({tool("c", R"({"type":"object","properties":{"x":{}}})")});
    using Call = Toolbox::Call;
    for (const auto call : {Call::known, Call::named_by_argument}) {
        const auto list = Toolbox(tools, call).list_json("");
        for (const auto& one : Json::parse(*list)->find("tools")->items()) {
            const auto properties = one.find("inputSchema")->find("properties");
            EXPECT_EQ(properties->find("_lifeline").has_value(), call == Call::named_by_argument);
        }
        EXPECT_TRUE(find_tool(*list, "c")->find("inputSchema")->find("properties")->find("x"));
    }
}

TEST(Toolbox, ComesInPagesThatNameEveryToolOnce) {
    std::vector<tools::Tool> many;
    for (int i = 0; i < 40; ++i) {
        auto one = tool("tool_" + std::to_string(100 + i));
        one.description = std::string(20'000, 'x');
        many.push_back(std::move(one));
    }
    const auto tools = registry(std::move(many));
    std::vector<std::string> all;
    std::string cursor;
    int pages = 0;
    do {
        const auto page = Toolbox(tools).list_json(cursor);
        ASSERT_TRUE(page);
        for (auto& name : names(*page)) all.push_back(std::move(name));
        cursor = Json::parse(*page)->text("nextCursor").value_or("");
        ++pages;
    } while (!cursor.empty());
    EXPECT_GT(pages, 1);
    EXPECT_EQ(all.size(), 45U);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
    for (const char* none : {"x", "-1", "999", "1x"})
        EXPECT_EQ(Toolbox(tools).list_json(none).error().reason, "cursor_invalid") << none;
}

TEST(Toolbox, WhatAWriterOfHintsWouldSay) {
    auto look = tool("look");
    look.risk = contract::Risk::read_only;
    const auto tools = registry({look, tool("send")});
    const auto list = Toolbox(tools).list_json("");
    const auto hint = [&](std::string_view name, std::string_view which) {
        return find_tool(*list, name)->find("annotations")->find(which)->as_bool();
    };
    EXPECT_EQ(hint("look", "readOnlyHint"), true);
    EXPECT_EQ(hint("send", "readOnlyHint"), false);
    EXPECT_EQ(hint("send", "destructiveHint"), true);
}

TEST(Toolbox, SaysWhichActionsAreAllowed) {
    const auto tools = registry({tool("email.send")});
    const auto json = Json::parse(Toolbox(tools).actions_json());
    const auto one = json->find("actions")->items().at(0);
    EXPECT_EQ(one.text("actionType"), "email.send");
    EXPECT_EQ(one.text("tool"), "email_send");
    EXPECT_EQ(one.text("risk"), "high_risk_external_send");
}

}  // namespace lifeline::mcp
