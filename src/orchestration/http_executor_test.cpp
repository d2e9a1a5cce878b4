#include "orchestration/http_executor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "base/random.h"
#include "base/thread_worker.h"
#include "contract/json.h"
#include "net/http_server.h"
#include "net/test_loop_thread.h"

// Over real HTTP: the tool on one loop, the executor on another.
namespace lifeline::orchestration {
namespace {

using testing::HasSubstr;
using Kind = Outcome::Kind;

class Tool {
public:
    explicit Tool(net::HttpServer::Handler handler)
        : server_(std::make_unique<net::HttpServer>(
              thread_.loop, random_, net::HttpServerOptions{}, std::move(handler),
              [](const net::HttpRefusal& refusal) {
                  return net::Response{refusal.status, {}, ""};
              })) {
        thread_.on_loop([&] { EXPECT_TRUE(server_->listen()); });
    }
    ~Tool() {
        thread_.on_loop([&] {
            kept.clear();
            server_.reset();
        });
    }
    std::string url(std::string_view path = "/tool") const {
        return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
    }
    std::vector<std::shared_ptr<net::Exchange>> kept;  // What a handler does not answer.

private:
    SystemRandom random_;
    net::LoopThread thread_;
    std::unique_ptr<net::HttpServer> server_;
};

class House {
public:
    explicit House(HttpEndpoint endpoint, net::HttpClientOptions options = {}) {
        thread_.on_loop([&] {
            client_ = *net::HttpClient::create(thread_.loop, worker_, std::move(options));
            executor_.emplace(thread_.loop, *client_, std::move(endpoint));
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
    Outcome run(Job job) { return start(std::move(job)).get(); }
    void call_off() {
        thread_.on_loop([&] { executor_->call_off("sess_1", "act_1"); });
        thread_.on_loop([] {});
    }

private:
    ThreadWorker worker_{"resolver"};
    net::LoopThread thread_;
    std::unique_ptr<net::HttpClient> client_;
    std::optional<HttpExecutor> executor_;
};

Job job() {
    return {.session_id = "sess_1",
            .action_id = "act_1",
            .action_type = "mail.send",
            .args_json = R"({"to":"a@example.com"})",
            .attempt = 2,
            .timeout = std::chrono::seconds(20)};
}

HttpEndpoint at(std::string url) {
    return {.url = std::move(url), .egress = net::Egress::anywhere};
}

TEST(HttpExecutor, AsksInAWayThatCanBeChecked) {
    net::Request asked;
    Tool tool([&](std::shared_ptr<net::Exchange> exchange) {
        asked = exchange->request();
        exchange->respond({200, {}, R"({"summary":"Sent.","effectId":"m1","result":{"n":1}})"});
    });
    const Secret<std::string> secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    HttpEndpoint endpoint = at(tool.url());
    endpoint.headers = {{"Authorization", "Bearer t"}};
    endpoint.signer = *WebhookSigner::create({secret});
    House house(endpoint);
    const Outcome outcome = house.run(job());
    EXPECT_EQ(outcome.kind, Kind::succeeded);
    EXPECT_EQ(outcome.summary, "Sent.");
    EXPECT_EQ(outcome.effect_id, "m1");
    EXPECT_EQ(outcome.result_json, R"({"n":1})");

    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.body,
              R"({"actionId":"act_1","actionType":"mail.send","sessionId":"sess_1","attempt":2,)"
              R"("args":{"to":"a@example.com"}})");
    EXPECT_EQ(*asked.header("Content-Type"), "application/json");
    EXPECT_EQ(*asked.header("Authorization"), "Bearer t");
    EXPECT_EQ(*asked.header("Idempotency-Key"), "sess_1:act_1");
    EXPECT_EQ(*asked.header("webhook-id"), "sess_1:act_1");
    EXPECT_EQ(*asked.header("webhook-signature"),
              endpoint.signer.sign("sess_1:act_1", *asked.header("webhook-timestamp"), asked.body));
    Job keyed = job();
    keyed.idempotency_key = "k1";
    house.run(keyed);
    EXPECT_EQ(*asked.header("Idempotency-Key"), "sess_1:k1");
}

TEST(HttpExecutor, FollowsNobody) {
    std::atomic<int> asked = 0;
    Tool tool([&](std::shared_ptr<net::Exchange> exchange) {
        ++asked;
        exchange->respond({307, {{"Location", "/elsewhere"}}, ""});
    });
    House house(at(tool.url()));
    EXPECT_EQ(house.run(job()).code, "redirected");
    EXPECT_EQ(asked, 1);
}

TEST(HttpExecutor, GoesWhereItMay) {
    House house({.url = "https://127.0.0.1/x", .setting = "tools.mail.url"});
    const Outcome outcome = house.run(job());
    EXPECT_EQ(outcome.code, "egress_denied");
    EXPECT_FALSE(outcome.may_retry);
    EXPECT_THAT(outcome.message, HasSubstr("tools.mail.url"));
}

TEST(HttpExecutor, WhatWasNotSentMayBeTriedAgain) {
    std::string gone;
    {
        Tool tool([](const std::shared_ptr<net::Exchange>&) {});
        gone = tool.url();
    }
    House house(at(gone));
    const Outcome outcome = house.run(job());
    EXPECT_EQ(outcome.kind, Kind::failed);
    EXPECT_EQ(outcome.code, "unreachable");
    EXPECT_TRUE(outcome.may_retry);
}

TEST(HttpExecutor, SilenceIsUnknownAlsoOfWhatMayBeRepeated) {
    Tool tool([&](std::shared_ptr<net::Exchange> exchange) { tool.kept.push_back(exchange); });
    House house(at(tool.url()));
    Job once = job();
    once.timeout = Millis(200);
    Job repeatable = once;
    repeatable.repeatable = true;
    EXPECT_EQ(house.run(once).kind, Kind::unknown);
    const Outcome outcome = house.run(repeatable);
    EXPECT_EQ(outcome.kind, Kind::unknown);
    EXPECT_GE(outcome.took, Millis(190));
}

TEST(HttpExecutor, ASuccessWithoutEndIsASuccess) {
    Tool tool([](const std::shared_ptr<net::Exchange>& exchange) {
        exchange->respond({200, {}, std::string(3 << 20, 'x')});
    });
    House house(at(tool.url()));
    const Outcome outcome = house.run(job());
    EXPECT_EQ(outcome.kind, Kind::succeeded);
    EXPECT_LE(outcome.result_json.size(), result_bytes_max);
    EXPECT_THAT(outcome.result_json, HasSubstr(R"("truncated":true)"));
}

TEST(HttpExecutor, CallsOffWhatItCan) {
    std::promise<void> asked;
    std::promise<void> asked_again;
    Tool tool([&](std::shared_ptr<net::Exchange> exchange) {
        const bool first = tool.kept.empty();
        tool.kept.push_back(std::move(exchange));
        (first ? asked : asked_again).set_value();
    });
    House house(at(tool.url()));
    // It was sent and may not be repeated: what comes of it is waited for.
    auto once = house.start(job());
    asked.get_future().wait();
    house.call_off();
    EXPECT_EQ(once.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    tool.kept.front()->respond({200, {}, ""});
    EXPECT_EQ(once.get().kind, Kind::succeeded);

    Job repeatable = job();
    repeatable.repeatable = true;
    auto cut = house.start(repeatable);
    asked_again.get_future().wait();
    house.call_off();
    EXPECT_EQ(cut.get().kind, Kind::cancelled);

    // Its name is still looked for: nothing has left.
    std::promise<void> let_go;
    House slow(at("http://slow.test/"),
               {.resolve = [wait = let_go.get_future().share()](const std::string&) {
                   wait.wait();
                   return std::vector<net::IpAddress>{};
               }});
    auto unsent = slow.start(job());
    slow.call_off();
    EXPECT_EQ(unsent.get().kind, Kind::cancelled);
    let_go.set_value();
}

}  // namespace
}  // namespace lifeline::orchestration
