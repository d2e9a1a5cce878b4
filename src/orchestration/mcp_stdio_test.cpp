#include "orchestration/mcp_stdio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>

#include "contract/json.h"
#include "net/test_loop_thread.h"
#include "orchestration/mcp_executor.h"

// The whole way to a real process: executor, client, lines.
namespace lifeline::orchestration {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Kind = Outcome::Kind;

class House {
public:
    House() {
        thread_.on_loop([&] {
            client_.emplace(
                thread_.loop,
                std::make_unique<McpStdio>(
                    thread_.loop, "fake",
                    net::ChildCommand{.argv = {"/usr/bin/env", "python3", "-B",
                                               "src/orchestration/fixtures/mcp_server.py"},
                                      .environment = {"PATH=/usr/local/bin:/usr/bin:/bin"}}),
                McpClientOptions{
                    .name = "fake", .restart_first = Millis(1), .cancel_grace = Millis(50)});
            executor_.emplace(thread_.loop, *client_, McpExecutor::Names{{"files.echo", "echo"}});
        });
    }
    ~House() {
        thread_.on_loop([&] {
            executor_.reset();
            client_.reset();
        });
    }
    std::future<Outcome> start(Job job) {
        auto promise = std::make_shared<std::promise<Outcome>>();
        thread_.on_loop([&] {
            executor_->execute(std::move(job),
                               [promise](Outcome outcome) { promise->set_value(outcome); });
        });
        return promise->get_future();
    }
    Outcome run(std::string tool, bool repeatable = false) {
        return start({.session_id = "s",
                      .action_id = "a",
                      .action_type = std::move(tool),
                      .args_json = "{\"message\":\n \"hi\"}",
                      .repeatable = repeatable,
                      .timeout = std::chrono::seconds(30)})
            .get();
    }
    void call_off() {
        thread_.on_loop([&] { executor_->call_off("s", "a"); });
    }
    Result<std::vector<McpTool>> tools() {
        std::promise<Result<std::vector<McpTool>>> promise;
        thread_.on_loop([&] {
            client_->list_tools(std::chrono::seconds(30),
                                [&](auto found) { promise.set_value(std::move(found)); });
        });
        return promise.get_future().get();
    }

private:
    net::LoopThread thread_;
    std::optional<McpClient> client_;
    std::optional<McpExecutor> executor_;
};

TEST(McpStdio, WhatComesOfATool) {
    struct Case {
        const char* tool;
        Kind kind;
        const char* code;
        const char* said;  // The message, or the summary.
    };
    const Case cases[] = {
        {"files.echo", Kind::succeeded, "", "Echo: hi"},
        {"meta", Kind::succeeded, "",
         R"({"lifeline/idempotencyKey": "s:a", "lifeline/sessionId": "s"})"},
        {"noise", Kind::succeeded, "", "quiet"},
        {"wrong", Kind::failed, "tool_error", "It went wrong."},
        {"refused", Kind::failed, "refused", "Unknown tool (-32602)"},
        {"odd", Kind::succeeded, "", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"echo", Kind::succeeded, "", "Echo: hi"},
    };
    House house;
    for (const auto& [tool, kind, code, said] : cases) {
        SCOPED_TRACE(tool);
        const Outcome outcome = house.run(tool);
        EXPECT_EQ(outcome.kind, kind);
        EXPECT_EQ(outcome.code, code);
        EXPECT_EQ(kind == Kind::succeeded ? outcome.summary : outcome.message, said);
        EXPECT_FALSE(outcome.may_retry);
    }
    EXPECT_EQ(house.run("odd").result_json,
              "{\"content\":[{\"type\":\"text\",\"text\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\"}],"
              "\"structuredContent\":{\"n\":\"12345678901234567890\"}}");
    const Outcome large = house.run("large");
    EXPECT_EQ(large.summary, std::string(512, 'y'));
    EXPECT_LE(large.result_json.size(), result_bytes_max);
    EXPECT_THAT(large.result_json, HasSubstr(R"("truncated":true)"));
    ASSERT_TRUE(house.tools());
    EXPECT_EQ(house.tools()->front().read_only, true);
}

TEST(McpStdio, ACrashIsUnknownUnlessTheToolMayBeRepeated) {
    House house;
    for (const char* tool : {"crash", "half", "flood", "line"}) {
        SCOPED_TRACE(tool);
        const Outcome outcome = house.run(tool);
        EXPECT_EQ(outcome.kind, Kind::unknown);
        EXPECT_EQ(outcome.code, "no_answer");
        // The next one finds it alive again, once its pause is over.
        Outcome next = house.run("echo");
        while (next.code == "unreachable") next = house.run("echo");
        EXPECT_EQ(next.kind, Kind::succeeded);
    }
    const Outcome repeatable = house.run("crash", true);
    EXPECT_EQ(repeatable.kind, Kind::unknown);
    EXPECT_THAT(repeatable.message, HasSubstr("exited with 7"));
}

TEST(McpStdio, CallsOff) {
    House house;
    EXPECT_EQ(house.run("echo").kind, Kind::succeeded);
    for (const bool repeatable : {false, true}) {
        auto outcome = house.start({.session_id = "s",
                                    .action_id = "a",
                                    .action_type = "silent",
                                    .repeatable = repeatable,
                                    .timeout = std::chrono::seconds(30)});
        house.call_off();
        EXPECT_EQ(outcome.get().kind, repeatable ? Kind::cancelled : Kind::unknown);
    }
}

TEST(McpStdio, GoesInTheMiddleOfItAll) {
    House house;
    EXPECT_EQ(house.run("echo").kind, Kind::succeeded);
    auto never = house.start({.action_type = "stuck", .timeout = std::chrono::seconds(30)});
    EXPECT_EQ(never.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
}

}  // namespace
}  // namespace lifeline::orchestration
