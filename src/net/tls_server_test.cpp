#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>

#include "base/random.h"
#include "net/http_server.h"
#include "net/socket.h"
#include "net/tcp_socket.h"
#include "net/test_loop_thread.h"

// The server's TLS over the kernel's own sockets, against OpenSSL's own client.
namespace lifeline::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::string fixtures = "src/net/fixtures/";

std::shared_ptr<const TlsContext> context_of(const std::string& name) {
    auto made = TlsContext::for_server(fixtures + name, fixtures + name);
    EXPECT_TRUE(made) << made.error().detail;
    return std::make_shared<const TlsContext>(std::move(*made));
}

// A client that blocks and believes any certificate.
class Client {
public:
    explicit Client(std::uint16_t port, int version = TLS1_3_VERSION)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
          context_(SSL_CTX_new(TLS_client_method())),
          ssl_(SSL_new(context_)) {
        const timeval patience{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
        SSL_set_fd(ssl_, fd_);
        SSL_set_security_level(ssl_, 0);
        SSL_set_min_proto_version(ssl_, version);
        SSL_set_max_proto_version(ssl_, version);
        const unsigned char protocols[] = "\x02h2\x08http/1.1";
        SSL_set_alpn_protos(ssl_, protocols, sizeof(protocols) - 1);
    }
    ~Client() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
        ::close(fd_);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool shake_hands() { return SSL_connect(ssl_) == 1; }
    void send(std::string_view bytes) {
        ASSERT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())),
                  static_cast<int>(bytes.size()));
    }
    // Until so many are there, or the end, of which it says whether it was announced.
    std::string read(std::size_t bytes = SIZE_MAX) {
        std::string text;
        char buffer[16 * 1024];
        while (text.size() < bytes) {
            const int count = SSL_read(ssl_, buffer, sizeof(buffer));
            if (count <= 0)
                return text +
                       (SSL_get_error(ssl_, count) == SSL_ERROR_ZERO_RETURN ? "<END>" : "<CUT>");
            text.append(buffer, static_cast<std::size_t>(count));
        }
        return text;
    }
    std::string subject() {
        char name[256] = "";
        X509* const certificate = SSL_get1_peer_certificate(ssl_);
        X509_NAME_oneline(X509_get_subject_name(certificate), name, sizeof(name));
        X509_free(certificate);
        return name;
    }
    std::string protocol() {
        const unsigned char* chosen = nullptr;
        unsigned int bytes = 0;
        SSL_get0_alpn_selected(ssl_, &chosen, &bytes);
        return {reinterpret_cast<const char*>(chosen), bytes};
    }
    int fd() const { return fd_; }

private:
    int fd_;
    SSL_CTX* context_;
    SSL* ssl_;
};

class Server {
public:
    explicit Server(HttpServer::Handler handler, HttpServerOptions options = {}) {
        if (!options.tls) options.tls = context_of("right.pem");
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
    HttpServer* operator->() { return server_.get(); }
    LoopThread& thread() { return thread_; }

private:
    SystemRandom random_;
    LoopThread thread_;
    std::unique_ptr<HttpServer> server_;
};

void say_scheme(std::shared_ptr<Exchange> exchange) {
    exchange->respond({200, {}, exchange->client().secure ? "https" : "http"});
}

const std::string get_and_close = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(TlsServer, AnswersAndEndsProperly) {
    Server server(say_scheme);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Client client(server->port(), version);
        ASSERT_TRUE(client.shake_hands());
        EXPECT_EQ(client.protocol(), "http/1.1");
        EXPECT_EQ(client.subject(), "/CN=right");
        client.send(get_and_close);
        EXPECT_THAT(client.read(),
                    AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nhttps<END>")));
    }
    EXPECT_FALSE(Client(server->port(), TLS1_1_VERSION).shake_hands());
}

TEST(TlsServer, WhoSpeaksPlainHttpIsNotAnswered) {
    Server server(say_scheme);
    Client client(server->port());
    ASSERT_EQ(::send(client.fd(), get_and_close.data(), get_and_close.size(), 0),
              static_cast<ssize_t>(get_and_close.size()));
    char buffer[512];
    std::string answer;
    for (ssize_t count = 0; (count = ::recv(client.fd(), buffer, sizeof(buffer), 0)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(count));
    EXPECT_EQ(answer.find("HTTP/1.1"), std::string::npos);
}

TEST(TlsServer, AHandshakeThatDoesNotGoOnIsCutOff) {
    Server server(say_scheme, {.limits = {.head_deadline = Millis(50)}});
    Client client(server->port());
    ASSERT_EQ(::send(client.fd(), "\x16\x03\x01", 3, 0), 3);
    char byte;
    EXPECT_EQ(::recv(client.fd(), &byte, 1, 0), 0);
    EXPECT_EQ(server.thread().on_loop([&] { return server->counters().timed_out; }), 1u);
    EXPECT_EQ(server->connections(), 0u);
}

TEST(TlsServer, AFullHouseSaysSoThroughTls) {
    Server server(say_scheme, {.connections = {.total = 1}});
    Client first(server->port());
    ASSERT_TRUE(first.shake_hands());
    Client second(server->port());
    ASSERT_TRUE(second.shake_hands());
    EXPECT_THAT(second.read(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 5"),
                                     EndsWith("overloaded<END>")));
}

TEST(TlsServer, ANewCertificateIsForWhoComesNext) {
    Server server(say_scheme);
    Client before(server->port());
    ASSERT_TRUE(before.shake_hands());
    server.thread().on_loop([&] { server->apply({.tls = context_of("other_host.pem")}); });
    Client after(server->port());
    ASSERT_TRUE(after.shake_hands());
    EXPECT_EQ(before.subject(), "/CN=right");
    EXPECT_EQ(after.subject(), "/CN=other_host");
    before.send(get_and_close);
    EXPECT_THAT(before.read(), EndsWith("https<END>"));
}

TEST(TlsServer, ACertificateAndAKeyThatAreNoPair) {
    const auto refusal = [](const std::string& certificate, const std::string& key) {
        const auto made = TlsContext::for_server(fixtures + certificate, fixtures + key);
        return made ? std::string("taken") : made.error().detail;
    };
    EXPECT_EQ(refusal("right.pem", "right.pem"), "taken");
    EXPECT_THAT(refusal("right.pem", "other_host.pem"), HasSubstr("other_host.pem"));
    EXPECT_THAT(refusal("nowhere.pem", "right.pem"), HasSubstr("nowhere.pem"));
    EXPECT_THAT(refusal("right.pem", "authority.pem"), HasSubstr("key"));
    EXPECT_THAT(refusal("make.sh", "right.pem"), HasSubstr("make.sh"));
}

// Sends back what it receives, however slowly that is read, with a mark of its own in between: as a
// connection does that has something else to say while the peer reads nothing.
class Echo final : public SocketHandler {
public:
    Echo(std::unique_ptr<Socket> socket, std::string first)
        : socket_(std::move(socket)), out_(std::move(first)) {
        socket_->attach(this);
        on_readable();
    }
    void on_readable() override {
        char buffer[64 * 1024];
        for (;;) {
            const Io io = socket_->receive(buffer);
            if (io.status == Io::Status::closed) return ended.set_value();
            if (io.status == Io::Status::again) break;
            out_.append(buffer, io.bytes);
        }
        on_writable();
        socket_->want_readable();
    }
    // Another slice each time, so that a record that was begun would be betrayed.
    void on_writable() override {
        while (!out_.empty()) {
            slice_ = slice_ % 20'000 + 777;
            const Io io = socket_->send(std::string_view(out_).substr(0, slice_));
            if (io.status == Io::Status::again) return socket_->want_writable();
            if (io.status == Io::Status::closed) return;
            out_.erase(0, io.bytes);
        }
    }

    std::promise<void> ended;

private:
    std::unique_ptr<Socket> socket_;
    std::string out_;
    std::size_t slice_ = 0;
};

TEST(TlsServer, AnUpgradeMovesToAnotherLoopAndLosesNothing) {
    LoopThread home;
    std::unique_ptr<Echo> echoing;
    Server server([&](std::shared_ptr<Exchange> exchange) {
        auto link = exchange->upgrade({{"Upgrade", "echo"}, {"Connection", "Upgrade"}});
        ASSERT_TRUE(link);
        home.loop.post([&, link = std::move(*link)]() mutable {
            std::string received = std::move(link.received);
            echoing = std::make_unique<Echo>(adopt(home.loop, std::move(link)), received);
        });
    });
    std::string much(3 << 20, ' ');
    for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>('a' + i * i % 23);
    std::future<void> ended;
    {
        Client client(server->port());
        ASSERT_TRUE(client.shake_hands());
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n" +
                    much.substr(0, 100));
        std::string heard = client.read(1);
        while (heard.find("\r\n\r\n") == std::string::npos) heard += client.read(1);
        EXPECT_THAT(heard, StartsWith("HTTP/1.1 101 "));
        heard.erase(0, heard.find("\r\n\r\n") + 4);
        // All of it is sent before any is read: the server's buffers fill up on the way.
        client.send(std::string_view(much).substr(100));
        heard += client.read(much.size() - heard.size());
        EXPECT_TRUE(heard == much);
        ended = home.on_loop([&] { return echoing->ended.get_future(); });
        EXPECT_EQ(server->connections(), 1u);
    }
    ended.wait();
    home.on_loop([&] { echoing.reset(); });
    EXPECT_EQ(server->connections(), 0u);
}

}  // namespace
}  // namespace lifeline::net
