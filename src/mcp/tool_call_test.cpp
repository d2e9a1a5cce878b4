#include "mcp/tool_call.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mcp/request_id.h"
#include "mcp/session_key.h"

namespace lifeline::mcp {

namespace {

using contract::Json;

ToolCall call_of(std::string_view params) {
    auto call = read_tool_call(*Json::parse(params));
    EXPECT_TRUE(call) << call.error().detail;
    return std::move(*call);
}

std::string fault(const auto& read) {
    return read ? "" : read.error().reason + " " + read.error().pointer;
}

}  // namespace

TEST(ToolCall, WhatNamesTheCallIsNoArgument) {
    const auto call = call_of(
        R"({"name":"send","arguments":{"to":"b","_lifeline":{"session":"sess_1","tool_call_id":"c1"},"a":1.0}})");
    EXPECT_EQ(call.args_json, R"({"a":1,"to":"b"})");
    EXPECT_EQ(call.naming.call(), "sess_1");
    EXPECT_EQ(call.naming.tool_call_id, "c1");
    EXPECT_EQ(call_of(R"({"name":"send"})").args_json, "{}");
    EXPECT_EQ(call_of(R"({"name":"send","arguments":null})").naming.call(), "");
}

TEST(ToolCall, IsRefusedWhereItIsNone) {
    const auto reason = [](std::string_view params) {
        return fault(read_tool_call(*Json::parse(params)));
    };
    EXPECT_EQ(reason("{}"), "tool_unknown /params/name");
    EXPECT_EQ(reason(R"({"name":"a","arguments":[]})"), "args_invalid /params/arguments");
    EXPECT_EQ(reason(R"({"name":"a","arguments":{"_lifeline":"sess_1"}})"),
              "args_invalid /params/arguments/_lifeline");
}

TEST(ToolCall, ArgumentsOfItsOwnToolsAreChecked) {
    struct Case {
        const char* name;
        const char* args;
        const char* then;
    };
    const std::string at = "args_invalid /params/arguments/";
    const Case cases[] = {
        {"enough", R"({"actionType":"send"})", ""},
        {"everything",
         R"({"actionType":"send","summary":"s","args":{},"idempotencyKey":"k","waitMs":20000})",
         ""},
        {"null is nothing", R"({"actionType":"send","args":null})", ""},
        {"no type", "{}", "actionType"},
        {"a type that is no word", R"({"actionType":"send mail"})", "actionType"},
        {"args as text", R"({"actionType":"send","args":"{}"})", "args"},
        {"too patient", R"({"actionType":"send","waitMs":20001})", "waitMs"},
        {"a key that is none", R"({"actionType":"send","idempotencyKey":"a b"})", "idempotencyKey"},
        {"misspelt", R"({"actionType":"send","arg":{}})", "arg"},
    };
    for (const auto& [name, args, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(fault(read_request_action(*Json::parse(args))), *then ? at + then : "");
    }
    EXPECT_EQ(fault(read_get_action(*Json::parse("{}"))), at + "actionId");
    EXPECT_EQ(fault(read_get_transcript(*Json::parse(R"({"limit":0})"))), at + "limit");
}

TEST(ToolCall, AnEditIsOfOneDocument) {
    const auto edit = [](std::string_view arguments) {
        return read_edit_document(
            call_of(R"({"name":"edit_document","arguments":)" + std::string(arguments) + "}"));
    };
    const auto whole =
        edit(R"({"documentId":"doc_1","baseRev":3,"patch":[{"op":"remove","path":"/a"}]})");
    ASSERT_TRUE(whole);
    const auto action = action_on(*whole, whole->document_id);
    EXPECT_EQ(action.type, "document.edit");
    EXPECT_EQ(action.args_json,
              R"({"baseRev":3,"documentId":"doc_1","patch":[{"op":"remove","path":"/a"}]})");
    EXPECT_EQ(fault(edit(R"({"baseRev":3,"patch":[]})")),
              "document_not_named /params/arguments/documentId");
    EXPECT_EQ(fault(edit(R"({"kind":"cv","patch":[]})")), "args_invalid /params/arguments/baseRev");
    EXPECT_EQ(fault(edit(R"({"kind":"cv","baseRev":1})")), "args_invalid /params/arguments/patch");
    EXPECT_EQ(edit(R"({"kind":"cv","baseRev":1,"patch":[]})")->kind, "cv");
}

TEST(ToolCall, AReadingIsOfOneDocumentOrAPartOfIt) {
    const auto read = [](std::string_view arguments) {
        return read_read_document(
            call_of(R"({"name":"read_document","arguments":)" + std::string(arguments) + "}"));
    };
    const auto whole = read(R"({"documentId":"doc_1"})");
    ASSERT_TRUE(whole);
    const auto action = action_on(*whole, whole->document_id);
    EXPECT_EQ(action.type, "document.read");
    EXPECT_EQ(action.args_json, R"({"documentId":"doc_1","path":""})");
    EXPECT_EQ(action_on(*read(R"({"kind":"cv","path":"/a\"b"})"), "doc_2").args_json,
              R"({"documentId":"doc_2","path":"/a\"b"})");
    EXPECT_EQ(fault(read("{}")), "document_not_named /params/arguments/documentId");
    EXPECT_EQ(fault(read(R"({"kind":"cv","paths":"/a"})")), "args_invalid /params/arguments/paths");
}

TEST(RequestIds, ARepeatedRequestIsTheSameAndNoOtherIs) {
    const AskedAction asked{.type = "send", .summary = "s", .args_json = R"({"to":"b"})"};
    const auto id = [](const AskedAction& action, const Naming& naming, std::string_view session,
                       std::string_view rpc_id) {
        return request_ids("sess_1", "usr_bot", action, naming, {session, rpc_id}).action_id;
    };
    const auto first = id(asked, {}, "mcp_1", "7");
    EXPECT_EQ(id(asked, {}, "mcp_1", "7"), first) << "the POST was sent again";
    EXPECT_NE(id(asked, {}, "mcp_1", "8"), first) << "another request";
    EXPECT_NE(id(asked, {}, "mcp_2", "7"), first) << "another client that counts from the start";
    AskedAction other = asked;
    other.args_json = R"({"to":"c"})";
    EXPECT_NE(id(other, {}, "mcp_1", "7"), first);
    AskedAction worded = asked;
    worded.summary = "in other words";
    EXPECT_EQ(id(worded, {}, "mcp_1", "7"), first);

    const Naming called{.run_id = "r", .tool_call_id = "c1"};
    EXPECT_EQ(id(asked, called, "mcp_1", "7"), id(asked, called, "mcp_2", "9"));
    AskedAction keyed = asked;
    keyed.idempotency_key = "k";
    EXPECT_EQ(id(keyed, called, "mcp_1", "7"), id(keyed, {}, "mcp_2", "9"));
    EXPECT_NE(request_ids("sess_2", "usr_bot", asked, {}, {"mcp_1", "7"}).action_id, first);
    EXPECT_NE(request_ids("sess_1", "usr_else", asked, {}, {"mcp_1", "7"}).action_id, first);
}

TEST(SessionKey, LeadsBackToItsCall) {
    for (const std::string id : {"sess_1", "sess_01JABCDEFGHJKMNPQRSTVWXYZ0", "sess_a:b.c-D"}) {
        const auto key = session_key("main", id);
        EXPECT_EQ(session_of_key(key), id) << key;
        EXPECT_EQ(std::ranges::count_if(key, [](char c) { return c >= 'A' && c <= 'Z'; }), 0);
    }
    EXPECT_EQ(session_key("main", "sess_1"), "agent:main:lifeline:sess_1");
    for (const char* none : {"", "sess_1", "agent:main:main", "agent:main:lifeline:",
                             "agent:main:lifeline:doc_1", "agent:main:lifeline:hex-zz"})
        EXPECT_FALSE(session_of_key(none)) << none;
}

}  // namespace lifeline::mcp
