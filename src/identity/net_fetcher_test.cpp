#include "identity/net_fetcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "base/thread_worker.h"
#include "identity/test_house.h"
#include "net/http_server.h"
#include "net/test_loop_thread.h"

// The same judgements over real HTTP: an identity provider on one loop, the house on another, the
// callers on a third.
namespace lifeline::identity {

namespace {

using test::Forge;

// Publishes a key set at /jwks and answers at /me to who holds "opaque-1".
class Provider {
public:
    Provider()
        : server_(std::make_unique<net::HttpServer>(
              thread_.loop, random_, net::HttpServerOptions{},
              [this](std::shared_ptr<net::Exchange> exchange) { answer(*exchange); },
              [](const net::HttpRefusal& refusal) {
                  return net::Response{refusal.status, {}, ""};
              })) {
        thread_.on_loop([&] { EXPECT_TRUE(server_->listen()); });
        port_ = server_->port();
    }
    ~Provider() { stop(); }
    void stop() {
        thread_.on_loop([&] { server_.reset(); });
    }
    std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    std::atomic<int> asked = 0;

private:
    void answer(net::Exchange& exchange) {
        ++asked;
        const net::Request& request = exchange.request();
        const std::string* const bearer = request.header("Authorization");
        if (request.path() == "/jwks" && bearer == nullptr)
            exchange.respond({200, {}, Forge().jwks()});
        else if (request.path() == "/me" && bearer != nullptr && *bearer == "Bearer opaque-1")
            exchange.respond({200, {}, R"({"id":"bob"})"});
        else
            exchange.respond({401, {}, ""});
    }

    SystemRandom random_;
    net::LoopThread thread_;
    std::unique_ptr<net::HttpServer> server_;
    std::uint16_t port_ = 0;
};

class House {
public:
    explicit House(std::vector<IssuerConfig> issuers)
        : keys_([&] {
              auto made = InstanceKeys::open_or_create(folder_.path() / "keys", random_);
              CHECK(made.has_value());
              return *std::move(made);
          }()) {
        client_ = *home_.on_loop(
            [&] { return net::HttpClient::create(home_.loop, worker_, net::HttpClientOptions{}); });
        fetcher_ = std::make_unique<NetFetcher>(*client_);
        auto made =
            Authenticator::create({.issuers = std::move(issuers)},
                                  {keys_, directory_, log_, *fetcher_, random_, home_.loop});
        CHECK(made.has_value());
        authenticator_ = *std::move(made);
    }
    ~House() {
        home_.on_loop([&] { client_.reset(); });
    }
    // "" or the reason, as a caller on another loop is told.
    std::string reason_of(std::string token) {
        std::promise<std::string> reason;
        caller_.loop.post([&, token = std::move(token)]() mutable {
            authenticator_->authenticate(
                std::move(token), Authenticator::Purpose::request, caller_.loop,
                [&](Result<Principal> who) { reason.set_value(who ? "" : who.error().reason); });
        });
        return reason.get_future().get();
    }

private:
    test::Folder folder_;
    SystemRandom random_;
    InstanceKeys keys_;
    ThreadWorker worker_{"resolver"};
    net::LoopThread home_;
    net::LoopThread caller_;
    Directory directory_;
    test::FakeLog log_{directory_, home_.loop};
    std::unique_ptr<net::HttpClient> client_;
    std::unique_ptr<NetFetcher> fetcher_;
    std::unique_ptr<Authenticator> authenticator_;
};

// Good around the real time, which is what these loops have.
std::string token_now(const Forge& forge) {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(SystemClock().wall().time_since_epoch());
    return forge.token(forge.claims()
                           .with("iat", std::to_string(now.count() - 5))
                           .with("exp", std::to_string(now.count() + 600)));
}

}  // namespace

TEST(NetFetcher, FetchesKeysAndAsksIssuersOverHttp) {
    Provider provider;
    auto asked = test::issuer_config(Introspection{.url = provider.url("/me"), .subject = "id"});
    asked.issuer = "https://app.example";
    House house({test::issuer_config(JwksUrl{.url = provider.url("/jwks")}), asked});
    EXPECT_EQ(house.reason_of(token_now(Forge())), "");
    EXPECT_EQ(house.reason_of(token_now(Forge("ed1", 2))), "token_invalid");
    EXPECT_EQ(house.reason_of("opaque-1"), "");
    EXPECT_EQ(house.reason_of("opaque-2"), "token_invalid");
    EXPECT_EQ(provider.asked, 3);

    provider.stop();
    EXPECT_EQ(house.reason_of("opaque-3"), "issuer_unavailable");
    EXPECT_EQ(house.reason_of("opaque-1"), "") << "remembered";
    EXPECT_EQ(house.reason_of(token_now(Forge())), "") << "with the keys that are known";
}

}  // namespace lifeline::identity
