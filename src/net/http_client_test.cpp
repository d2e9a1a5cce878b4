#include "net/http_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "base/random.h"
#include "base/thread_worker.h"
#include "net/http_server.h"
#include "net/test_loop_thread.h"

namespace lifeline::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string fixtures = "src/net/fixtures/";

IpAddress at(const char* text) {
    return *IpAddress::parse(text);
}

// A client on a loop of its own; every name is this machine unless told otherwise.
class House {
public:
    explicit House(HttpClientOptions options = {}) {
        if (!options.resolve) {
            options.resolve = [](const std::string&) { return std::vector{at("127.0.0.1")}; };
        }
        client_ = std::move(*thread.on_loop(
            [&] { return HttpClient::create(thread.loop, worker_, std::move(options)); }));
    }
    ~House() {
        thread.on_loop([&] { client_.reset(); });
    }
    Result<Response> fetch(FetchRequest request) {
        std::promise<Result<Response>> result;
        start(std::move(request), result);
        return result.get_future().get();
    }
    HttpClient::FetchId start(FetchRequest request, std::promise<Result<Response>>& result) {
        return thread.on_loop([&, request = std::move(request)]() mutable {
            return client_->fetch(std::move(request), [&](Result<Response> answer) {
                result.set_value(std::move(answer));
            });
        });
    }
    // Returns when it has taken effect.
    void cancel(HttpClient::FetchId fetch, HttpClient::Cancel how) {
        thread.on_loop([&] { client_->cancel(fetch, how); });
        thread.on_loop([] {});
    }

    LoopThread thread;

private:
    ThreadWorker worker_{"resolver"};
    std::unique_ptr<HttpClient> client_;
};

// An HTTP server of our own, on its own loop.
class Server {
public:
    explicit Server(HttpServer::Handler handler) {
        server_ = std::make_unique<HttpServer>(
            thread_.loop, random_, HttpServerOptions{}, std::move(handler),
            [](const HttpRefusal& refusal) { return Response{refusal.status, {}, ""}; });
        thread_.on_loop([&] { ASSERT_TRUE(server_->listen()); });
    }
    ~Server() {
        thread_.on_loop([&] {
            kept.clear();
            streams.clear();
            server_.reset();
        });
    }
    std::vector<std::shared_ptr<Exchange>> kept;  // What a handler does not answer.
    std::vector<decltype(std::declval<Exchange>().stream({}))> streams;  // Or does not end.
    std::string url(std::string_view target) const {
        return "http://calls.test:" + std::to_string(server_->port()) + std::string(target);
    }

private:
    SystemRandom random_;
    LoopThread thread_;
    std::unique_ptr<HttpServer> server_;
};

FetchRequest anywhere(std::string url) {
    FetchRequest request;
    request.url = std::move(url);
    request.egress = Egress::anywhere;
    return request;
}

TEST(HttpClient, AsksAndHears) {
    Server server([](std::shared_ptr<Exchange> exchange) {
        const Request& request = exchange->request();
        exchange->respond(
            {404,
             {{"X-Host", *request.header("Host")}, {"X-Token", *request.header("Authorization")}},
             request.method + " " + *request.query("q") + " " + request.body});
    });
    House house;
    FetchRequest request = anywhere(server.url("/x?q=1"));
    request.method = "POST";
    request.headers = {{"Authorization", "Bearer abc\r\nX-Evil: 1"}};
    request.body = "hello";
    const auto answer = house.fetch(std::move(request));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 404u);  // An answer, whatever it says.
    EXPECT_EQ(answer->body, "POST 1 hello");
    EXPECT_THAT(*find_header(answer->headers, "x-host"), StartsWith("calls.test:"));
    EXPECT_EQ(*find_header(answer->headers, "x-token"), "Bearer abc  X-Evil: 1");
}

TEST(HttpClient, AHeadHasNoBodyAndAStreamIsPutTogether) {
    Server server([](std::shared_ptr<Exchange> exchange) {
        auto stream = exchange->stream({200, {}, {}});
        stream->write("one ");
        stream->write("two");
        stream->end();
    });
    House house;
    EXPECT_EQ(house.fetch(anywhere(server.url("/")))->body, "one two");
    FetchRequest head = anywhere(server.url("/"));
    head.method = "HEAD";
    EXPECT_EQ(house.fetch(std::move(head))->body, "");
}

TEST(HttpClient, ARedirectIsAnAnswerAndNotFollowed) {
    std::atomic<int> asked = 0;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        ++asked;
        exchange->respond({302, {{"Location", "/elsewhere"}}, ""});
    });
    House house;
    const auto answer = house.fetch(anywhere(server.url("/")));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 302u);
    EXPECT_EQ(*find_header(answer->headers, "Location"), "/elsewhere");
    EXPECT_EQ(asked, 1);
}

TEST(HttpClient, AnAnswerTooLargeIsRefused) {
    Server server([](std::shared_ptr<Exchange> exchange) {
        if (exchange->request().path() == "/announced") {
            return exchange->respond({200, {}, std::string(2000, 'a')});
        }
        auto stream = exchange->stream({200, {}, {}});
        stream->write(std::string(2000, 'a'));
        stream->end();
    });
    House house;
    for (const char* path : {"/announced", "/chunked"}) {
        SCOPED_TRACE(path);
        FetchRequest request = anywhere(server.url(path));
        request.body_bytes_max = 1999;
        const auto refused = house.fetch(request);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "body_too_large");
        request.body_bytes_max = 2000;
        EXPECT_TRUE(house.fetch(request));
    }
}

TEST(HttpClient, PatienceEnds) {
    Server server(
        [&](std::shared_ptr<Exchange> exchange) { server.kept.push_back(std::move(exchange)); });
    House house;
    FetchRequest request = anywhere(server.url("/"));
    request.timeout = Millis(1);
    const auto answer = house.fetch(std::move(request));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::unavailable);
    EXPECT_THAT(answer.error().detail, HasSubstr("no answer in time"));
}

TEST(HttpClient, PatienceEndsForTheResolverToo) {
    std::promise<void> let_go;
    House house(
        {.in_flight_max = 1, .resolve = [wait = let_go.get_future().share()](const std::string&) {
             wait.wait();
             return std::vector{at("127.0.0.1")};
         }});
    FetchRequest request = anywhere("http://calls.test/");
    request.timeout = Millis(1);
    EXPECT_EQ(house.fetch(std::move(request)).error().reason, "peer_unavailable");
    // Its name is still being looked for, and counts.
    EXPECT_EQ(house.fetch(anywhere("http://calls.test/")).error().reason, "overloaded");
    let_go.set_value();
}

TEST(HttpClient, TriesTheNextAddress) {
    Server server([](std::shared_ptr<Exchange> exchange) { exchange->respond({200, {}, "here"}); });
    House house({.resolve = [](const std::string&) {
        return std::vector{at("127.0.0.2"), at("127.0.0.1")};  // Nobody listens at the first.
    }});
    EXPECT_EQ(house.fetch(anywhere(server.url("/")))->body, "here");
}

TEST(HttpClient, WhoCannotBeReached) {
    House nobody({.resolve = [](const std::string&) { return std::vector<IpAddress>{}; }});
    const auto unknown = nobody.fetch(anywhere("http://nobody.test/"));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().reason, "peer_unavailable");
    EXPECT_THAT(unknown.error().detail, HasSubstr("no address"));

    std::string gone;
    {
        Server server([](std::shared_ptr<Exchange>) {});
        gone = server.url("/");
    }
    House house;
    EXPECT_THAT(house.fetch(anywhere(gone)).error().detail, HasSubstr("refused"));
}

TEST(HttpClient, TooManyInFlight) {
    std::promise<void> let_go;
    House house(
        {.in_flight_max = 1, .resolve = [wait = let_go.get_future().share()](const std::string&) {
             wait.wait();
             return std::vector<IpAddress>{};
         }});
    std::promise<Result<Response>> first;
    house.start(anywhere("http://calls.test/"), first);
    EXPECT_EQ(house.fetch(anywhere("http://calls.test/")).error().code, Code::overloaded);
    let_go.set_value();
    EXPECT_EQ(first.get_future().get().error().code, Code::unavailable);
    EXPECT_EQ(house.fetch(anywhere("http://calls.test/")).error().code, Code::unavailable);
}

TEST(HttpClient, AClientThatGoesAwayTakesItsRequestsAlong) {
    std::promise<void> asked;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        server.kept.push_back(std::move(exchange));
        asked.set_value();
    });
    auto unanswered = std::make_unique<std::promise<Result<Response>>>();
    auto answer = unanswered->get_future();
    {
        House house;
        house.start(anywhere(server.url("/")), *unanswered);
        asked.get_future().wait();
    }
    unanswered.reset();
    EXPECT_THROW((void)answer.get(), std::future_error);
}

TEST(HttpClient, WhatIsRefusedByItsUrl) {
    struct Case {
        const char* url;
        const char* reason;
    };
    const Case cases[] = {
        {"not a url", "bad_format"},
        {"file:///etc/passwd", "bad_format"},
        {"ws://calls.test/", "bad_format"},
        {"https://user@calls.test/", "bad_format"},
        {"https://0x7f.1/", "bad_format"},
        {"https://2130706433/", "bad_format"},
        {"http://calls.test/", "egress_denied"},
        {"https://calls.test:25/", "egress_denied"},
        {"https://calls.test:22/", "egress_denied"},
        {"https://127.0.0.1/", "egress_denied"},
        {"https://127.0.0.1:8443/", "egress_denied"},
        {"https://10.1.2.3/", "egress_denied"},
        {"https://169.254.169.254/latest/meta-data/", "egress_denied"},
        {"https://[::1]/", "egress_denied"},
        {"https://[::ffff:127.0.0.1]/", "egress_denied"},
        {"https://[::ffff:a9fe:a9fe]/", "egress_denied"},
        {"https://[fd00::1]/", "egress_denied"},
        {"https://[64:ff9b::7f00:1]/", "egress_denied"},
        {"https://0.0.0.0/", "egress_denied"},
    };
    std::atomic<int> resolved = 0;
    House house({.resolve = [&](const std::string&) {
        ++resolved;
        return std::vector<IpAddress>{};
    }});
    for (const auto& [url, reason] : cases) {
        SCOPED_TRACE(url);
        FetchRequest request;
        request.url = url;
        const auto answer = house.fetch(std::move(request));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, reason);
    }
    EXPECT_EQ(resolved, 0);
}

TEST(HttpClient, WhatIsRefusedByItsAddresses) {
    const std::vector<std::vector<const char*>> cases = {
        {"127.0.0.1"},
        {"::1"},
        {"10.0.0.1"},
        {"169.254.169.254"},
        {"::ffff:192.168.0.1"},
        {"fe80::1"},
        {"93.184.216.34", "127.0.0.1"},  // One of them is enough.
        {"127.0.0.1", "93.184.216.34"},
        {"2606:4700::1", "fd00::1"},
    };
    for (const auto& addresses : cases) {
        SCOPED_TRACE(addresses.front());
        House house({.resolve = [&](const std::string&) {
            std::vector<IpAddress> out;
            for (const char* address : addresses) out.push_back(at(address));
            return out;
        }});
        FetchRequest request;
        request.url = "https://rebound.test/";
        const auto answer = house.fetch(std::move(request));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, "egress_denied");
        EXPECT_EQ(answer.error().code, Code::not_allowed);
    }
}

// A server without manners: accepts one connection, reads until the end of a head if it is told to,
// says what it is told to and hangs up.
class RudeServer {
public:
    enum class First { read, do_not_read };

    explicit RudeServer(std::string answer, First first = First::read)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(local);
        auto* address = reinterpret_cast<sockaddr*>(&local);
        EXPECT_EQ(::bind(listener_, address, size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        EXPECT_EQ(::getsockname(listener_, address, &size), 0);
        port_ = ntohs(local.sin_port);
        thread_ = std::thread([this, answer = std::move(answer), first] {
            const int fd = ::accept(listener_, nullptr, nullptr);
            std::string head;
            char byte = 0;
            while (first == First::read && !head.ends_with("\r\n\r\n") &&
                   ::recv(fd, &byte, 1, 0) == 1)
                head += byte;
            std::string_view rest = answer;
            while (!rest.empty()) {
                const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0) break;
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
            ::close(fd);
        });
    }
    ~RudeServer() {
        thread_.join();
        ::close(listener_);
    }
    std::string url(std::string_view scheme = "http") const {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + "/";
    }

private:
    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

TEST(HttpClient, SaysWhetherARequestMayHaveArrived) {
    struct Case {
        const char* name;
        const char* scheme;
        const char* answer;
        RudeServer::First first;
        const char* reason;
    };
    const auto read = RudeServer::First::read;
    const Case cases[] = {
        {"hangs up on a request", "http", "", read, "answer_lost"},
        {"half a head", "http", "HTTP/1.1 200 OK\r\nContent-", read, "answer_lost"},
        {"half a body", "http", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", read,
         "answer_lost"},
        {"no HTTP at all", "http", "220 mail.test ESMTP\r\n", read, "answer_lost"},
        {"hangs up on the handshake", "https", "", RudeServer::First::do_not_read,
         "peer_unavailable"},
        {"speaks no TLS", "https", "220 mail.test ESMTP\r\n", RudeServer::First::do_not_read,
         "peer_unavailable"},
    };
    for (const auto& [name, scheme, answer, first, reason] : cases) {
        SCOPED_TRACE(name);
        House house;
        RudeServer server(answer, first);
        const auto got = house.fetch(anywhere(server.url(scheme)));
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().reason, reason) << got.error().detail;
        EXPECT_EQ(may_have_arrived(got.error()), std::string_view(reason) == "answer_lost");
    }
}

TEST(HttpClient, AnAnswerThatDoesNotComeMayHaveArrived) {
    std::promise<void> asked;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        server.kept.push_back(std::move(exchange));
        asked.set_value();
    });
    House house;
    std::promise<Result<Response>> answer;
    FetchRequest request = anywhere(server.url("/"));
    request.timeout = Millis(300);
    house.start(std::move(request), answer);
    asked.get_future().wait();
    EXPECT_EQ(answer.get_future().get().error().reason, "answer_lost");
}

TEST(HttpClient, CallsOff) {
    std::promise<void> asked;
    std::promise<void> let_go;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        server.kept.push_back(std::move(exchange));
        asked.set_value();
    });
    House house({.resolve = [wait = let_go.get_future().share()](const std::string& host) {
        if (host == "slow.test") wait.wait();
        return std::vector{at("127.0.0.1")};
    }});
    // What is sent is not cut off when only what is not sent shall be.
    std::promise<Result<Response>> sent;
    const auto id = house.start(anywhere(server.url("/")), sent);
    asked.get_future().wait();
    auto answer = sent.get_future();
    house.cancel(id, HttpClient::Cancel::unless_sent);
    EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    house.cancel(id, HttpClient::Cancel::anyhow);
    EXPECT_EQ(answer.get().error().reason, "answer_lost");

    std::promise<Result<Response>> waiting;
    const auto other = house.start(anywhere("http://slow.test/"), waiting);
    house.cancel(other, HttpClient::Cancel::unless_sent);
    EXPECT_EQ(waiting.get_future().get().error().reason, "peer_unavailable");
    let_go.set_value();
    house.cancel(other, HttpClient::Cancel::anyhow);  // Nobody's mistake.
}

TEST(HttpClient, HearsABodyWhileItComes) {
    Server server([&](std::shared_ptr<Exchange> exchange) {
        auto stream = exchange->stream({200, {{"X-Kind", "stream"}}, {}});
        for (int i = 0; i < 100; ++i) stream->write(std::string(100, 'a'));
        if (exchange->request().path() == "/ends") return stream->end();
        server.kept.push_back(std::move(exchange));
        server.streams.push_back(std::move(stream));
    });
    House house;
    struct Case {
        const char* path;
        std::size_t enough;
        std::size_t limit;
        const char* reason;  // Null: an answer.
    };
    const Case cases[] = {
        {"/ends", 1 << 20, 1 << 20, nullptr},
        {"/goes-on", 5000, 1 << 20, nullptr},
        {"/goes-on", 1 << 20, 5000, "body_too_large"},
        {"/ends", 1 << 20, 9999, "body_too_large"},
        {"/ends", 1 << 20, 10000, nullptr},
    };
    for (const auto& [path, enough, limit, reason] : cases) {
        SCOPED_TRACE(fmt::format("{} {} {}", path, enough, limit));
        std::size_t heard = 0;
        FetchRequest request = anywhere(server.url(path));
        request.body_bytes_max = limit;
        request.hear = [&heard, enough](const Response& head, std::string_view piece) {
            EXPECT_EQ(*find_header(head.headers, "x-kind"), "stream");
            heard += piece.size();
            return heard >= enough ? Hear::enough : Hear::on;
        };
        const auto answer = house.fetch(std::move(request));
        if (reason != nullptr) {
            ASSERT_FALSE(answer);
            EXPECT_EQ(answer.error().reason, reason);
            EXPECT_LE(heard, limit);
            continue;
        }
        ASSERT_TRUE(answer) << answer.error().detail;
        EXPECT_EQ(answer->status, 200u);
        EXPECT_EQ(answer->body, "");
        EXPECT_GE(heard, std::min<std::size_t>(enough, 10000));
    }
}

// A TLS server that blocks: accepts one connection, reads until the client has sent its request,
// says what it is told to and ends in the way it is told to.
class TlsServer {
public:
    enum class End { clean, cut };

    TlsServer(const std::string& certificate, std::string answer, End end = End::clean)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(local);
        auto* address = reinterpret_cast<sockaddr*>(&local);
        EXPECT_EQ(::bind(listener_, address, size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        EXPECT_EQ(::getsockname(listener_, address, &size), 0);
        port_ = ntohs(local.sin_port);
        thread_ = std::thread([this, certificate, answer = std::move(answer), end] {
            serve(certificate, answer, end);
        });
    }
    ~TlsServer() {
        thread_.join();
        ::close(listener_);
    }
    std::string url(std::string_view host) const {
        return "https://" + std::string(host) + ":" + std::to_string(port_) + "/";
    }
    std::size_t received = 0;  // After the server is gone.

private:
    void serve(const std::string& certificate, const std::string& answer, End end) {
        SSL_CTX* context = SSL_CTX_new(TLS_server_method());
        const std::string file = fixtures + certificate + ".pem";
        EXPECT_EQ(SSL_CTX_use_certificate_file(context, file.c_str(), SSL_FILETYPE_PEM), 1);
        EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM), 1);
        const int fd = ::accept(listener_, nullptr, nullptr);
        SSL* ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1) talk(ssl, answer);
        if (end == End::clean) SSL_shutdown(ssl);
        SSL_free(ssl);
        SSL_CTX_free(context);
        ::close(fd);
    }
    void talk(SSL* ssl, const std::string& answer) {
        std::string request;
        char buffer[16384];
        const auto whole = [&] {
            return request.ends_with("\r\n\r\n") || request.ends_with("the end");
        };
        while (!whole()) {
            const int count = SSL_read(ssl, buffer, sizeof(buffer));
            if (count <= 0) return;
            request.append(buffer, static_cast<std::size_t>(count));
        }
        received = request.size();
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

const std::string ok = "HTTP/1.1 200 OK\r\n";

TEST(HttpClientTls, ACertificateForTheNameOrTheAddress) {
    House house({.ca_file = fixtures + "authority.pem"});
    for (const char* host : {"calls.test", "127.0.0.1"}) {
        SCOPED_TRACE(host);
        TlsServer server("right", ok + "Content-Length: 6\r\n\r\nsecret");
        const auto answer = house.fetch(anywhere(server.url(host)));
        ASSERT_TRUE(answer) << answer.error().detail;
        EXPECT_EQ(answer->body, "secret");
    }
}

TEST(HttpClientTls, ACertificateThatIsNotRight) {
    struct Case {
        const char* name;
        const char* certificate;
        const char* host;
        const char* authority;
        const char* why;
    };
    const Case cases[] = {
        {"for another host", "other_host", "calls.test", "authority", "hostname mismatch"},
        {"for another address", "other_host", "127.0.0.1", "authority", "IP address mismatch"},
        {"expired", "expired", "calls.test", "authority", "expired"},
        {"of an authority nobody trusts", "right", "calls.test", "right", "issuer"},
    };
    for (const auto& [name, certificate, host, authority, why] : cases) {
        SCOPED_TRACE(name);
        House house({.ca_file = fixtures + authority + ".pem"});
        TlsServer server(certificate, ok + "Content-Length: 0\r\n\r\n");
        const auto answer = house.fetch(anywhere(server.url(host)));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, "peer_unavailable");
        EXPECT_THAT(answer.error().detail, AllOf(HasSubstr("TLS"), HasSubstr(why)));
    }
}

TEST(HttpClientTls, MuchBothWays) {
    House house({.ca_file = fixtures + "authority.pem"});
    std::size_t received = 0;
    {
        const std::string large(1 << 20, 'a');
        TlsServer server("right", ok + "Content-Length: 1048576\r\n\r\n" + large);
        FetchRequest request = anywhere(server.url("calls.test"));
        request.method = "POST";
        request.body = std::string(2 << 20, 'b') + "the end";
        const auto answer = house.fetch(std::move(request));
        ASSERT_TRUE(answer) << answer.error().detail;
        EXPECT_EQ(answer->body, large);
        received = server.received;
    }
    EXPECT_GT(received, 2u << 20);
}

TEST(HttpClientTls, AnEndThatNobodyAnnouncedIsACut) {
    House house({.ca_file = fixtures + "authority.pem"});
    {
        TlsServer server("right", ok + "\r\nuntil the end", TlsServer::End::clean);
        EXPECT_EQ(house.fetch(anywhere(server.url("calls.test")))->body, "until the end");
    }
    TlsServer server("right", ok + "\r\nuntil the e", TlsServer::End::cut);
    const auto answer = house.fetch(anywhere(server.url("calls.test")));
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().detail, HasSubstr("cut short"));
}

TEST(HttpClientTls, APlainServerIsNoTlsServer) {
    Server server([](std::shared_ptr<Exchange> exchange) { exchange->respond({200, {}, ""}); });
    House house({.ca_file = fixtures + "authority.pem"});
    std::string url = server.url("/");
    url.replace(0, 4, "https");
    EXPECT_THAT(house.fetch(anywhere(url)).error().detail, HasSubstr("TLS"));
}

TEST(HttpClientTls, AuthoritiesThatAreNone) {
    LoopThread thread;
    ThreadWorker worker("resolver");
    const auto client =
        HttpClient::create(thread.loop, worker, {.ca_file = fixtures + "nowhere.pem"});
    ASSERT_FALSE(client);
    EXPECT_THAT(client.error().detail, HasSubstr("nowhere.pem"));
}

}  // namespace
}  // namespace lifeline::net
