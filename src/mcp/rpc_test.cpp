#include "mcp/rpc.h"

#include <gtest/gtest.h>

#include "contract/reason.h"
#include "mcp/protocol.h"

namespace lifeline::mcp {

TEST(Rpc, IsReadOrRefused) {
    struct Case {
        const char* name;
        const char* body;
        const char* then;  // kind, id and method; or "refused" and the reason
    };
    const Case cases[] = {
        {"a request", R"({"jsonrpc":"2.0","id":7,"method":"ping"})", "request 7 ping"},
        {"a text for an id", R"({"jsonrpc":"2.0","id":"a\u00e9","method":"ping"})",
         "request \"aé\" ping"},
        {"a notification", R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
         "notification null notifications/initialized"},
        {"an answer", R"({"jsonrpc":"2.0","id":7,"result":{}})", "answer null "},
        {"a refusal", R"({"jsonrpc":"2.0","id":7,"error":{}})", "answer null "},
        {"nothing", "", "refused json_invalid"},
        {"no JSON", "{", "refused json_invalid"},
        {"a key twice", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})",
         "refused duplicate_key"},
        {"a batch", R"([{"jsonrpc":"2.0","id":7,"method":"ping"}])", "refused rpc_invalid"},
        {"version 1", R"({"id":7,"method":"ping"})", "refused rpc_invalid"},
        {"no method", R"({"jsonrpc":"2.0","id":7})", "refused rpc_invalid"},
        {"no id to speak of", R"({"jsonrpc":"2.0","id":null,"method":"ping"})",
         "refused rpc_invalid"},
        {"half an id", R"({"jsonrpc":"2.0","id":0.5,"method":"ping"})", "refused rpc_invalid"},
        {"params by place", R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[1]})",
         "refused rpc_invalid"},
    };
    for (const auto& [name, body, then] : cases) {
        SCOPED_TRACE(name);
        const auto message = read_rpc(body);
        if (!message) {
            EXPECT_EQ("refused " + message.error().reason, then);
            continue;
        }
        const char* kinds[] = {"request", "notification", "answer"};
        EXPECT_EQ(std::string(kinds[static_cast<int>(message->kind)]) + " " + message->id_json +
                      " " + message->method,
                  then);
    }
}

TEST(Rpc, ARefusalHasANumberForProtocolsAndAStableCodeForPrograms) {
    struct Case {
        std::string_view reason;
        std::int64_t code;
    };
    const Case cases[] = {
        {"json_invalid", -32700},      {"rpc_invalid", -32600},  {"rpc_method_unknown", -32601},
        {"args_invalid", -32602},      {"tool_unknown", -32602}, {"internal", -32603},
        {"session_not_found", -32000},
    };
    for (const auto& [reason, code] : cases) {
        SCOPED_TRACE(reason);
        const auto json = contract::Json::parse(
            rpc_refusal("3", contract::error_for(reason, "because", "/a"), "req_9"));
        ASSERT_TRUE(json);
        const auto error = json->find("error");
        EXPECT_EQ(error->find("code")->as_integer(), code);
        EXPECT_EQ(error->find("data")->text("code"), reason);
        EXPECT_EQ(error->find("data")->text("requestId"), "req_9");
        EXPECT_EQ(json->find("id")->as_integer(), 3);
    }
    const auto secret = rpc_refusal("null", contract::error_for("token_invalid", "the MAC"), "");
    EXPECT_EQ(secret.find("the MAC"), std::string::npos) << secret;
}

TEST(Protocol, AnswersInTheClientsVersionWhereItKnowsIt) {
    const auto version_for = [](std::string_view params) {
        const auto json = contract::Json::parse(params);
        const auto result = contract::Json::parse(initialize_result(&*json));
        return std::string(result->text("protocolVersion").value_or(""));
    };
    EXPECT_EQ(version_for(R"({"protocolVersion":"2024-11-05"})"), "2024-11-05");
    EXPECT_EQ(version_for(R"({"protocolVersion":"2031-01-01"})"), protocol_version);
    EXPECT_EQ(version_for("{}"), protocol_version);
    EXPECT_TRUE(speaks("2025-06-18"));
    EXPECT_FALSE(speaks(""));
}

}  // namespace lifeline::mcp
