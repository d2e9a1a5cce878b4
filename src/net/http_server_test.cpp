#include "net/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>

#include "base/random.h"
#include "net/socket.h"
#include "net/tcp_socket.h"
#include "net/test_loop_thread.h"

// Over the kernel's own sockets. What time and order do to a connection is tested on virtual time,
// in http_connection_test.cpp; every wait here is for something that happens.
namespace lifeline::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A client that blocks, so that a test reads from top to bottom.
class Client {
public:
    explicit Client(std::uint16_t port, const char* address = "127.0.0.1") {
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &to.sin_addr);
        connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
    }
    ~Client() { ::close(fd_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            ASSERT_GT(sent, 0);
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    std::string read_until(std::string_view mark) {
        std::string text;
        while (text.find(mark) == std::string::npos) {
            char c;
            if (::recv(fd_, &c, 1, 0) != 1) return text + "<END>";
            text.push_back(c);
        }
        return text;
    }
    std::string read_to_end() {
        std::string text;
        char buffer[65536];
        for (;;) {
            const auto count = ::recv(fd_, buffer, sizeof(buffer), 0);
            if (count == 0) return text;
            if (count < 0) return text + "<ERROR>";
            text.append(buffer, static_cast<std::size_t>(count));
        }
    }

    bool connected = false;

private:
    int fd_;
};

class Server {
public:
    explicit Server(HttpServer::Handler handler, HttpServerOptions options = {}) {
        server_ = std::make_unique<HttpServer>(
            thread_.loop, random_, std::move(options), std::move(handler),
            [](const HttpRefusal& refusal) {
                return Response{refusal.status, {}, std::string(refusal.reason)};
            });
        thread_.on_loop([&] { ASSERT_TRUE(server_->listen()); });
    }
    ~Server() {
        thread_.on_loop([&] { server_.reset(); });
    }
    std::uint16_t port() const { return server_->port(); }
    HttpServer& operator*() { return *server_; }
    HttpServer* operator->() { return server_.get(); }
    LoopThread& thread() { return thread_; }

private:
    SystemRandom random_;
    LoopThread thread_;
    std::unique_ptr<HttpServer> server_;
};

void echo(std::shared_ptr<Exchange> exchange) {
    exchange->respond({200, {}, exchange->request().method + " " + exchange->request().body});
}

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string get_and_close = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(HttpServer, AnswersKeepsAliveAndCloses) {
    Server server(echo);
    Client client(server.port());
    client.send(get + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_THAT(client.read_until("GET "), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(client.read_until("POST hi"), StartsWith("HTTP/1.1 200 OK\r\n"));
    client.send(get_and_close);
    EXPECT_THAT(client.read_to_end(), EndsWith("GET "));
}

TEST(HttpServer, ALargeBodyComesAndGoesWhole) {
    Server server(echo);
    Client client(server.port());
    const std::string body(1 << 20, 'b');
    std::thread sender([&] {
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    EXPECT_THAT(client.read_to_end(), EndsWith("\r\n\r\nPUT " + body));
    sender.join();
}

TEST(HttpServer, ARefusalArrivesThoughMuchIsStillBeingSent) {
    Server server(echo);
    Client client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" +
                std::string(300'000, 'b'));
    EXPECT_THAT(client.read_until("body_too_large"), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, KnowsItsPeer) {
    Server server([](std::shared_ptr<Exchange> exchange) {
        exchange->respond({200, {}, exchange->peer().address.text()});
    });
    Client client(server.port());
    client.send(get_and_close);
    EXPECT_THAT(client.read_to_end(), EndsWith("\r\n\r\n127.0.0.1"));
}

TEST(HttpServer, AnAnswerMayComeFromAnotherThread) {
    std::thread other;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        other = std::thread([exchange] { exchange->respond({200, {}, "from afar"}); });
    });
    Client client(server.port());
    client.send(get_and_close);
    EXPECT_THAT(client.read_to_end(), EndsWith("from afar"));
    other.join();
}

TEST(HttpServer, AnExchangeDroppedOnAnotherThreadAnswers500) {
    std::thread other;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        other = std::thread([mine = std::move(exchange)]() mutable { mine.reset(); });
    });
    Client client(server.port());
    client.send(get);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 500 "));
    other.join();
}

TEST(HttpServer, AStreamFlows) {
    std::unique_ptr<ResponseStream> stream;
    std::promise<void> closed;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        stream = exchange->stream({200, {}, {}});
        stream->write("one\n");
        stream->on_closed([&] { closed.set_value(); });
    });
    {
        Client client(server.port());
        client.send(get);
        EXPECT_THAT(client.read_until("one\n"), HasSubstr("Transfer-Encoding: chunked"));
        server.thread().on_loop([&] { stream->write("two\n"); });
        EXPECT_THAT(client.read_until("two\n"), HasSubstr("4\r\ntwo\n"));
    }
    closed.get_future().wait();
    server.thread().on_loop([&] { stream.reset(); });
}

// Sends back what it receives, on whichever loop it was made for.
class Echo final : public SocketHandler {
public:
    Echo(std::unique_ptr<Socket> socket, std::string_view first) : socket_(std::move(socket)) {
        socket_->attach(this);
        EXPECT_EQ(socket_->send(first).bytes, first.size());
        socket_->want_readable();
    }
    void on_readable() override {
        char buffer[4096];
        for (;;) {
            const Io io = socket_->receive(buffer);
            if (io.status == Io::Status::closed) {
                socket_.reset();
                ended.set_value();
                return;
            }
            if (io.status == Io::Status::again) return socket_->want_readable();
            EXPECT_EQ(socket_->send({buffer, io.bytes}).bytes, io.bytes);
        }
    }
    void on_writable() override {}

    std::promise<void> ended;

private:
    std::unique_ptr<Socket> socket_;
};

TEST(HttpServer, AnUpgradeMovesToAnotherLoopAndLosesNothing) {
    LoopThread home;
    std::unique_ptr<Echo> echoing;
    std::promise<void> moved;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        auto link = exchange->upgrade({{"Upgrade", "echo"}, {"Connection", "Upgrade"}});
        ASSERT_TRUE(link);
        home.loop.post([&, link = std::move(*link)]() mutable {
            std::string received = std::move(link.received);
            echoing = std::make_unique<Echo>(adopt(home.loop, std::move(link)), received);
            moved.set_value();
        });
    });
    {
        Client client(server.port());
        client.send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
            "right behind ");
        EXPECT_THAT(client.read_until("behind "),
                    AllOf(StartsWith("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"),
                          EndsWith("\r\n\r\nright behind ")));
        client.send("and later");
        EXPECT_EQ(client.read_until("later"), "and later");
        moved.get_future().wait();
        EXPECT_EQ(server->connections(), 1u);  // It still counts.
    }
    echoing->ended.get_future().wait();
    home.on_loop([&] { echoing.reset(); });
    EXPECT_EQ(server->connections(), 0u);
}

TEST(HttpServer, AFullHouseSaysSoAndWhenToComeBack) {
    Server server(echo, {.connections = {.total = 2}});
    Client first(server.port());
    Client second(server.port());
    first.send(get);
    second.send(get);
    first.read_until("GET ");
    second.read_until("GET ");
    Client third(server.port());
    EXPECT_THAT(third.read_until("overloaded"),
                AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 5\r\n")));
    EXPECT_EQ(third.read_until("x"), "<END>");
}

TEST(HttpServer, AProxysClientsHaveTheirOwnLimits) {
    Server server(
        [](std::shared_ptr<Exchange> exchange) {
            exchange->respond({200, {}, exchange->client().address.text()});
        },
        {.accepts = {.per_second = 1, .burst = 1},
         .proxies = {.trusted = {*IpRange::parse("127.0.0.1")}}});
    const auto upgrade = [&](const std::string& client) {
        Client proxy(server.port());
        proxy.send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n"
            "X-Forwarded-For: 198.51.100.1, " +
            client + "\r\n\r\n");
        return proxy.read_to_end();
    };
    EXPECT_THAT(upgrade("203.0.113.1"), EndsWith("\r\n\r\n203.0.113.1"));
    EXPECT_THAT(upgrade("203.0.113.1"),
                AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("\r\nRetry-After: 5\r\n"),
                      EndsWith("rate_limited")));
    EXPECT_THAT(upgrade("203.0.113.2"), EndsWith("\r\n\r\n203.0.113.2"));
    const auto counted = server.thread().on_loop([&] { return server->counters(); });
    EXPECT_EQ(counted.accepted, 3u);
    EXPECT_EQ(counted.requests, 2u);
    EXPECT_EQ(counted.refused_rate, 1u);
}

TEST(HttpServer, NewLimitsCountForWhoComesNext) {
    Server server(echo, {.connections = {.total = 1}});
    Client first(server.port());
    first.send(get);
    first.read_until("GET ");
    EXPECT_THAT(Client(server.port()).read_until("overloaded"), StartsWith("HTTP/1.1 503 "));
    server.thread().on_loop([&] { server->apply({.connections = {.total = 2}}); });
    Client second(server.port());
    second.send(get);
    EXPECT_THAT(second.read_until("GET "), StartsWith("HTTP/1.1 200 "));
    const auto counted = server.thread().on_loop([&] { return server->counters(); });
    EXPECT_EQ(counted.refused_full, 1u);
}

TEST(HttpServer, TheLastDescriptorsAreNotForConnections) {
#if __has_feature(undefined_behavior_sanitizer)
    GTEST_SKIP() << "the sanitizer needs descriptors of its own for each look at a vtable";
#endif
    Server server(echo);
    Client before(server.port());
    before.send(get);
    before.read_until("GET ");
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const int next = ::dup(0);
    ::close(next);
    // The client's end takes that one; the server's is then the first of the reserve, a quarter.
    rlimit tight = limit;
    tight.rlim_cur = static_cast<rlim_t>(next + 1) * 4 / 3;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    Client late(server.port());
    EXPECT_THAT(late.read_until("overloaded"),
                AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 5\r\n")));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    const auto counted = server.thread().on_loop([&] { return server->counters(); });
    EXPECT_EQ(counted.refused_descriptors, 1u);
}

TEST(HttpServer, StopsWhenTheLastAnswerIsGiven) {
    std::shared_ptr<Exchange> open;
    std::promise<void> asked;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        open = std::move(exchange);
        asked.set_value();
    });
    Client idle(server.port());
    Client busy(server.port());
    busy.send(get);
    asked.get_future().wait();
    std::promise<void> stopped;
    server.thread().on_loop(
        [&] { server->stop(std::chrono::minutes(1), [&] { stopped.set_value(); }); });
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_FALSE(Client(server.port()).connected);
    server.thread().on_loop([&] {
        open->respond({200, {}, "the last word"});
        open.reset();
    });
    EXPECT_THAT(busy.read_to_end(), EndsWith("the last word"));
    stopped.get_future().wait();
}

TEST(HttpServer, StopsWhenGraceIsOver) {
    std::shared_ptr<Exchange> open;
    std::promise<void> asked;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        open = std::move(exchange);
        asked.set_value();
    });
    Client busy(server.port());
    busy.send(get);
    asked.get_future().wait();
    std::promise<void> stopped;
    server.thread().on_loop([&] { server->stop(Millis(1), [&] { stopped.set_value(); }); });
    stopped.get_future().wait();
    EXPECT_EQ(busy.read_to_end(), "");
    server.thread().on_loop([&] { open.reset(); });
}

TEST(HttpServer, ListenFailsWithTheAddressAndTheReason) {
    Server server(echo);
    SystemRandom random;
    const auto refusal = [&](HttpServerOptions options) {
        return server.thread().on_loop([&] {
            HttpServer other(server.thread().loop, random, std::move(options), echo,
                             [](const HttpRefusal&) { return Response{}; });
            const Status status = other.listen();
            return status ? std::string("listens") : status.error().detail;
        });
    };
    EXPECT_THAT(refusal({.port = server.port()}),
                AllOf(HasSubstr("127.0.0.1"), HasSubstr(std::to_string(server.port())),
                      HasSubstr("in use")));
    EXPECT_THAT(refusal({.address = "localhost"}), HasSubstr("not an IP address"));
    EXPECT_EQ(refusal({.address = "::1"}), "listens");
}

TEST(HttpServer, OutOfDescriptorsItPausesAndThenGoesOn) {
#if __has_feature(undefined_behavior_sanitizer)
    GTEST_SKIP() << "the sanitizer needs descriptors of its own for each look at a vtable";
#endif
    Server server(echo);
    Client before(server.port());  // Everything that is made lazily exists from now on.
    before.send(get);
    before.read_until("GET ");

    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    Client client(server.port());
    client.send(get);
    client.read_until("GET ");
    const int highest = ::dup(0);
    ::close(highest);
    // Room for the client's end of the next connection and not for the server's.
    rlimit tight = limit;
    tight.rlim_cur = static_cast<rlim_t>(highest) + 1;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    Client waiting(server.port());
    EXPECT_TRUE(waiting.connected);  // By the kernel, into the queue.
    waiting.send(get);
    before.send(get);  // The others are served meanwhile.
    EXPECT_THAT(before.read_until("GET "), StartsWith("HTTP/1.1 200 "));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_THAT(waiting.read_until("GET "), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace lifeline::net
