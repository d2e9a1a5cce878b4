#include "orchestration/mcp_http.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/thread_worker.h"
#include "contract/json.h"
#include "net/http_server.h"
#include "net/test_loop_thread.h"
#include "orchestration/mcp_executor.h"

// Streamable HTTP over real sockets, against a server that knows how to misbehave: each tool is one
// way.
namespace lifeline::orchestration {
namespace {

using testing::HasSubstr;
using Kind = Outcome::Kind;

class Server {
public:
    Server()
        : server_(std::make_unique<net::HttpServer>(
              thread_.loop, random_, net::HttpServerOptions{},
              [this](const std::shared_ptr<net::Exchange>& exchange) { answer(exchange); },
              [](const net::HttpRefusal& refusal) {
                  return net::Response{refusal.status, {}, ""};
              })) {
        thread_.on_loop([&] { EXPECT_TRUE(server_->listen()); });
    }
    ~Server() {
        thread_.on_loop([&] {
            kept_.clear();
            streams_.clear();
            server_.reset();
        });
    }
    std::string url() const { return fmt::format("http://127.0.0.1:{}/mcp", server_->port()); }

    std::atomic<int> sessions = 0;
    std::atomic<int> calls = 0;
    std::atomic<int> ended = 0;
    std::atomic<int> without_version = 0;

private:
    static net::Response json(unsigned status, std::string body) {
        return {status, {{"Content-Type", "application/json"}}, std::move(body)};
    }
    static net::Response stream() { return {200, {{"Content-Type", "text/event-stream"}}, {}}; }
    std::string session() const { return fmt::format("session-{}", sessions.load()); }

    void answer(const std::shared_ptr<net::Exchange>& exchange) {
        const net::Request& request = exchange->request();
        if (request.method == "DELETE") {
            ++ended;
            return exchange->respond({200, {}, ""});
        }
        const auto message = *contract::Json::parse(request.body);
        const auto method = *message.text("method");
        if (method == "initialize") {
            ++sessions;
            auto begin = exchange->stream(
                {200, {{"Content-Type", "text/event-stream"}, {"Mcp-Session-Id", session()}}, {}});
            begin->write("id: 1\ndata:\n\n");
            begin->write(
                fmt::format("event: message\nid: 2\ndata: {{\"jsonrpc\":\"2.0\",\"id\":{},\n"
                            "data: \"result\":{{\"protocolVersion\":\"2025-11-25\"}}}}\n\n",
                            *message.find("id")->as_integer()));
            return begin->end();
        }
        const std::string* given = request.header("Mcp-Session-Id");
        if (given == nullptr || *given != session()) return exchange->respond(json(404, "{}"));
        const std::string* version = request.header("MCP-Protocol-Version");
        if (version == nullptr || *version != "2025-11-25") ++without_version;
        if (method != "tools/call") return exchange->respond({202, {}, ""});
        ++calls;
        call(exchange, *message.find("id")->as_integer(), *message.find("params")->text("name"));
    }

    void call(const std::shared_ptr<net::Exchange>& exchange, std::int64_t id,
              std::string_view tool) {
        const std::string result = fmt::format(
            R"({{"jsonrpc":"2.0","id":{},"result":{{"content":[{{"type":"text","text":"ok"}}]}}}})",
            id);
        if (tool == "json") return exchange->respond(json(200, result));
        if (tool == "unauthorized") return exchange->respond(json(401, R"({"error":"no"})"));
        if (tool == "moved") return exchange->respond({307, {{"Location", "/else"}}, ""});
        if (tool == "gateway") return exchange->respond({502, {}, "bad gateway"});
        if (tool == "busy") return exchange->respond({503, {}, "busy"});
        if (tool == "empty") return exchange->respond({202, {}, ""});
        if (tool == "other") return exchange->respond(json(200, R"({"jsonrpc":"2.0"})"));
        if (tool == "forget" && sessions == 1) {
            ++sessions;  // As if it had been restarted.
            return exchange->respond(json(400, R"({"error":"no such session"})"));
        }
        if (tool == "amnesia") {
            ++sessions;
            return exchange->respond(json(404, ""));
        }
        if (tool == "silent") return kept_.push_back(exchange);
        auto events = exchange->stream(stream());
        if (tool == "endless") {
            const std::string junk = "data: " + std::string(9000, 'x') + "\n\n";
            for (int i = 0; i < 1000; ++i) events->write(junk);
        }
        events->write(
            ": hello\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n");
        if (tool != "cut" && tool != "endless") events->write("data: " + result + "\n\n");
        if (tool == "open" || tool == "endless") return streams_.push_back(std::move(events));
        events->end();
    }

    SystemRandom random_;
    net::LoopThread thread_;
    std::vector<std::shared_ptr<net::Exchange>> kept_;
    std::vector<std::unique_ptr<net::ResponseStream>> streams_;
    std::unique_ptr<net::HttpServer> server_;
};

class House {
public:
    explicit House(std::string url, net::Egress egress = net::Egress::anywhere) {
        thread_.on_loop([&] {
            http_ = *net::HttpClient::create(thread_.loop, worker_, {});
            client_.emplace(
                thread_.loop,
                std::make_unique<McpHttp>(thread_.loop, *http_,
                                          McpHttpOptions{.url = std::move(url), .egress = egress}),
                McpClientOptions{.restart_first = Millis(1)});
            executor_.emplace(thread_.loop, *client_);
        });
    }
    ~House() { stop(); }
    void stop() {
        thread_.on_loop([&] {
            executor_.reset();
            client_.reset();
        });
        thread_.on_loop([&] { http_.reset(); });
    }
    Outcome run(std::string tool, Millis timeout = std::chrono::seconds(30)) {
        auto promise = std::make_shared<std::promise<Outcome>>();
        thread_.on_loop([&] {
            executor_->execute({.action_type = std::move(tool), .timeout = timeout},
                               [promise](Outcome outcome) { promise->set_value(outcome); });
        });
        return promise->get_future().get();
    }

private:
    ThreadWorker worker_{"resolver"};
    net::LoopThread thread_;
    std::unique_ptr<net::HttpClient> http_;
    std::optional<McpClient> client_;
    std::optional<McpExecutor> executor_;
};

TEST(McpHttp, WhatComesOfATool) {
    struct Case {
        const char* tool;
        Kind kind;
        const char* code;
    };
    const Case cases[] = {
        {"json", Kind::succeeded, ""},
        {"stream", Kind::succeeded, ""},
        {"open", Kind::succeeded, ""},  // The server keeps the stream; we have what we came for.
        {"unauthorized", Kind::failed, "refused"},
        {"moved", Kind::failed, "refused"},
        {"busy", Kind::failed, "refused"},
        {"gateway", Kind::unknown, "no_answer"},
        {"cut", Kind::unknown, "no_answer"},
        {"empty", Kind::unknown, "no_answer"},
        {"other", Kind::unknown, "no_answer"},
        {"endless", Kind::unknown, "no_answer"},
    };
    Server server;
    House house(server.url());
    for (const auto& [tool, kind, code] : cases) {
        SCOPED_TRACE(tool);
        Outcome outcome = house.run(tool);
        while (outcome.code == "unreachable") outcome = house.run(tool);  // After "endless" only.
        EXPECT_EQ(outcome.kind, kind) << outcome.message;
        EXPECT_EQ(outcome.code, code) << outcome.message;
        EXPECT_FALSE(outcome.may_retry);
    }
    EXPECT_EQ(server.sessions, 1);
    EXPECT_EQ(server.without_version, 0);
}

TEST(McpHttp, PatienceEnds) {
    Server server;
    House house(server.url());
    EXPECT_EQ(house.run("json").kind, Kind::succeeded);
    EXPECT_EQ(house.run("silent", Millis(200)).kind, Kind::unknown);
    EXPECT_EQ(house.run("json").kind, Kind::succeeded);
}

TEST(McpHttp, BeginsAnewOnceWhenItIsNotKnown) {
    Server server;
    House house(server.url());
    const Outcome outcome = house.run("forget");
    EXPECT_EQ(outcome.kind, Kind::succeeded) << outcome.message;
    EXPECT_EQ(server.calls, 2);
    const int before = server.calls;
    const Outcome never = house.run("amnesia");
    EXPECT_EQ(never.kind, Kind::failed);
    EXPECT_EQ(server.calls, before + 2) << "not for ever";
}

TEST(McpHttp, WhoIsNotThere) {
    std::string gone;
    {
        Server server;
        gone = server.url();
    }
    House house(gone);
    const Outcome outcome = house.run("json");
    EXPECT_EQ(outcome.kind, Kind::failed);
    EXPECT_EQ(outcome.code, "unreachable");
    EXPECT_TRUE(outcome.may_retry);
}

TEST(McpHttp, GoesWhereItMay) {
    House house("https://127.0.0.1/mcp", net::Egress::public_https);
    EXPECT_THAT(house.run("json").message, HasSubstr("private"));
}

}  // namespace
}  // namespace lifeline::orchestration
