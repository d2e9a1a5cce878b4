// An echo server over the room net, as thin as it can be: what the conformance kit judges is the
// codec, the sockets and the way a connection is closed. ws_echo [PORT] prints where it listens.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/asio_loop.h"
#include "base/random.h"
#include "net/http_server.h"
#include "net/socket.h"
#include "net/tcp_socket.h"
#include "net/websocket.h"

namespace lifeline::net {
namespace {

constexpr std::uint32_t message_bytes_max = 16 << 20;
// A client that sends and never reads is not read from beyond this.
constexpr std::size_t output_bytes_max = 32 << 20;

// Echoes until either side closes, then removes itself.
class Echo final : public SocketHandler, public WebSocketSink {
public:
    using Gone = std::move_only_function<void(Echo*)>;

    Echo(Loop& loop, std::unique_ptr<Socket> socket, Gone gone)
        : loop_(loop), socket_(std::move(socket)), gone_(std::move(gone)) {
        socket_->attach(this);
    }

    void start(std::string received) {
        take(received);
        if (!over_) socket_->want_readable();
        settle();
    }

    void on_readable() override {
        static std::vector<char> shared(64 * 1024);
        while (!over_ && output_.size() < output_bytes_max) {
            const Io io = socket_->receive(shared);
            if (io.status == Io::Status::again) break;
            if (io.status == Io::Status::closed) {
                over_ = true;
                break;
            }
            take(std::span(shared).first(io.bytes));
        }
        settle();
    }
    void on_writable() override { settle(); }

private:
    Flow on_text(std::string_view message) override { return say(Opcode::text, message); }
    Flow on_binary(std::string_view message) override { return say(Opcode::binary, message); }
    Flow on_ping(std::string_view payload) override { return say(Opcode::pong, payload); }
    Flow on_pong(std::string_view) override { return Flow::go_on; }
    void on_close(std::uint16_t code, std::string_view reason) override {
        finish(code == ws_close::no_status ? ws_close::normal : code, reason);
    }

    Flow say(Opcode opcode, std::string_view payload) {
        append_frame(output_, opcode, payload);
        return Flow::go_on;
    }
    void take(std::span<char> bytes) {
        const auto fed = decoder_.feed(bytes, *this);
        if (fed.state == WebSocketDecoder::Fed::State::violated) {
            finish(fed.close_code, fed.why);
        }
    }
    void finish(std::uint16_t code, std::string_view reason) {
        say(Opcode::close, close_payload(code, reason));
        finishing_ = true;
    }

    // Sends what it can; then reads on, waits for room, or says goodbye.
    void settle() {
        while (sent_ < output_.size()) {
            const Io io = socket_->send(std::string_view(output_).substr(sent_));
            if (io.status == Io::Status::again) {
                socket_->want_writable();
                return;
            }
            if (io.status == Io::Status::closed) over_ = true;
            if (over_) break;
            sent_ += io.bytes;
        }
        output_.clear();
        sent_ = 0;
        if (finishing_ && !over_) close_lingering(std::move(socket_), loop_);
        if (finishing_ || over_) {
            gone_(this);
            return;
        }
        socket_->want_readable();
    }

    Loop& loop_;
    std::unique_ptr<Socket> socket_;
    Gone gone_;
    WebSocketDecoder decoder_{WebSocketDecoder::Side::server, message_bytes_max};
    std::string output_;
    std::size_t sent_ = 0;
    bool finishing_ = false;
    bool over_ = false;
};

class EchoServer {
public:
    EchoServer(AsioLoop& loop, std::uint16_t port)
        : loop_(loop),
          server_(
              loop, random_, {.port = port},
              [this](std::shared_ptr<Exchange> exchange) { welcome(*exchange); },
              [](const HttpRefusal& refusal) {
                  return Response{refusal.status, {}, std::string(refusal.detail) + "\n"};
              }) {}

    Status listen() { return server_.listen(); }
    std::uint16_t port() const { return server_.port(); }

private:
    void welcome(Exchange& exchange) {
        const Request& request = exchange.request();
        const std::string* key = request.header("Sec-WebSocket-Key");
        const std::string* version = request.header("Sec-WebSocket-Version");
        if (request.method != "GET" || !header_has_token(request.headers, "Upgrade", "websocket") ||
            !header_has_token(request.headers, "Connection", "upgrade") || !version ||
            *version != "13") {
            return exchange.respond({426,
                                     {{"Upgrade", "websocket"},
                                      {"Connection", "Upgrade"},
                                      {"Sec-WebSocket-Version", "13"}},
                                     "this server echoes over WebSocket\n"});
        }
        if (!key || !is_websocket_key(*key)) {
            return exchange.respond({400, {}, "Sec-WebSocket-Key is not one\n"});
        }
        auto link = exchange.upgrade({{"Upgrade", "websocket"},
                                      {"Connection", "Upgrade"},
                                      {"Sec-WebSocket-Accept", accept_key(*key)}});
        if (!link) return;
        std::string received = std::move(link->received);
        auto echo = std::make_unique<Echo>(loop_, adopt(loop_, std::move(*link)),
                                           [this](Echo* gone) { remove(gone); });
        Echo& started = *echo;
        echoes_.emplace(&started, std::move(echo));
        started.start(std::move(received));
    }

    // Not at once: it is called from inside.
    void remove(Echo* gone) {
        loop_.post([this, gone] { echoes_.erase(gone); });
    }

    AsioLoop& loop_;
    SystemRandom random_;
    std::unordered_map<Echo*, std::unique_ptr<Echo>> echoes_;
    HttpServer server_;
};

int serve(std::uint16_t port) {
    AsioLoop loop;
    EchoServer server(loop, port);
    if (const auto status = server.listen(); !status) {
        std::fprintf(stderr, "ws_echo: %s\n", status.error().detail.c_str());
        return EXIT_FAILURE;
    }
    std::printf("ready http://127.0.0.1:%u\n", unsigned{server.port()});
    std::fflush(stdout);
    loop.run();
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace lifeline::net

int main(int count, char** arguments) {
    std::uint16_t port = 0;
    if (count > 1) {
        const std::string_view text = arguments[1];
        std::from_chars(text.data(), text.data() + text.size(), port);
    }
    return lifeline::net::serve(port);
}
