#include "net/websocket_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "net/http_message.h"
#include "net/polled_socket.h"
#include "net/tcp_connect.h"
#include "net/tcp_socket.h"
#include "net/websocket.h"

namespace lifeline::net {

namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;

// Plain base64, which nothing else here needs.
std::string new_key(Random& random) {
    std::string key = to_base64url(view(random.bytes<16>()));
    std::ranges::replace(key, '-', '+');
    std::ranges::replace(key, '_', '/');
    return key + "==";
}

std::string opening_request(const WebSocketClient::Options& options, const std::string& key) {
    std::string out = fmt::format("GET {} HTTP/1.1\r\n", options.target);
    append_header_line(out, "Host", options.host);
    append_header_line(out, "Upgrade", "websocket");
    append_header_line(out, "Connection", "Upgrade");
    append_header_line(out, "Sec-WebSocket-Key", key);
    append_header_line(out, "Sec-WebSocket-Version", "13");
    append_header_line(out, "User-Agent", "lifeline");
    return out + "\r\n";
}

// Whether the head of an answer takes the upgrade; the reason why not, for the log.
std::string refusal_in(std::string_view head, const std::string& key) {
    if (!head.starts_with("HTTP/1.1 101"))
        return fmt::format("the answer is \"{}\", not 101", head.substr(0, head.find("\r\n")));
    // The key's answer stands nowhere else in what a server says.
    if (head.find(accept_key(key)) == std::string_view::npos)
        return "the upgrade was answered by somebody who does not know the key";
    return {};
}

}  // namespace

class ClientLine final : public SocketHandler,
                         public WebSocketSink,
                         public std::enable_shared_from_this<ClientLine> {
public:
    ClientLine(AsioLoop& loop, Random& random, WebSocketClient::Options options,
               WebSocketHearer& hearer)
        : loop_(loop),
          random_(random),
          options_(std::move(options)),
          hearer_(&hearer),
          decoder_(WebSocketDecoder::Side::client, options_.message_bytes_max) {}

    void connect() {
        auto descriptor = begin_connect(options_.peer);
        timer_ = loop_.start_timer(descriptor ? options_.opening : Millis{0},
                                   [self = shared_from_this(), tried = descriptor.has_value()] {
                                       self->timer_ = 0;
                                       self->end(0, tried ? "no answer in time" : "no connection");
                                   });
        if (!descriptor) return;
        socket_ = make_connecting(loop_, std::move(*descriptor));
        socket_->attach(this);
        socket_->want_writable();
    }

    void send(Opcode opcode, std::string_view payload) {
        if (phase_ == Phase::over) return;
        append_masked_frame(output_, opcode, payload, random_.bytes<4>());
        if (output_.size() > options_.unsent_bytes_max)
            return end_soon("the peer does not take what it is sent");
        flush();
    }

    void leave() {
        if (phase_ == Phase::open) {
            append_masked_frame(output_, Opcode::close, close_payload(ws_close::normal, ""),
                                random_.bytes<4>());
            flush();
        }
        hearer_ = nullptr;
        end(0, "left");
    }

private:
    enum class Phase : std::uint8_t { connecting, shaking, open, over };

    void on_writable() override {
        const auto self = shared_from_this();
        if (phase_ == Phase::connecting) {
            if (std::string why = connect_error(socket_->fd()); !why.empty()) return end(0, why);
            key_ = new_key(random_);
            output_ = opening_request(options_, key_);
            phase_ = Phase::shaking;
            socket_->want_readable();
        }
        flush();
    }

    void on_readable() override {
        const auto self = shared_from_this();
        std::array<char, 16 * 1024> buffer;
        while (phase_ != Phase::over) {
            const Io io = socket_->receive(buffer);
            if (io.status == Io::Status::again) return socket_->want_readable();
            if (io.status == Io::Status::closed) return end(0, "the connection is gone");
            take({buffer.data(), io.bytes});
        }
    }

    void take(std::span<char> bytes) {
        if (phase_ == Phase::open) return feed(bytes);
        head_.append(bytes.data(), bytes.size());
        const auto ends = head_.find("\r\n\r\n");
        if (ends == std::string::npos) {
            if (head_.size() > head_bytes_max) end(0, "the answer has no end");
            return;
        }
        if (const auto why = refusal_in(std::string_view(head_).substr(0, ends), key_);
            !why.empty())
            return end(0, why);
        if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
        phase_ = Phase::open;
        std::string rest = head_.substr(ends + 4);
        if (hearer_ != nullptr) hearer_->opened();
        if (!rest.empty() && phase_ == Phase::open) feed(rest);
    }

    void feed(std::span<char> bytes) {
        const auto fed = decoder_.feed(bytes, *this);
        if (fed.state == WebSocketDecoder::Fed::State::violated) end(fed.close_code, fed.why);
    }

    Flow on_text(std::string_view message) override {
        if (hearer_ != nullptr) hearer_->heard(message);
        return phase_ == Phase::over ? Flow::stop : Flow::go_on;
    }
    Flow on_binary(std::string_view) override { return Flow::go_on; }
    Flow on_ping(std::string_view payload) override {
        send(Opcode::pong, payload);
        return phase_ == Phase::over ? Flow::stop : Flow::go_on;
    }
    Flow on_pong(std::string_view) override { return Flow::go_on; }
    void on_close(std::uint16_t code, std::string_view reason) override { end(code, reason); }

    void flush() {
        while (!output_.empty() && phase_ != Phase::over) {
            const Io io = socket_->send(output_);
            if (io.status == Io::Status::again) return socket_->want_writable();
            // What it said before is still to be read; the end comes there.
            if (io.status == Io::Status::closed) return output_.clear();
            output_.erase(0, io.bytes);
        }
    }

    // Not from inside whoever sends.
    void end_soon(std::string_view why) {
        loop_.post([self = shared_from_this(), why = std::string(why)] { self->end(0, why); });
    }

    void end(std::uint16_t code, std::string_view why) {
        if (phase_ == Phase::over) return;
        phase_ = Phase::over;
        const auto self = shared_from_this();
        if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
        if (socket_) socket_->close();
        if (hearer_ != nullptr) std::exchange(hearer_, nullptr)->closed(code, why);
    }

    AsioLoop& loop_;
    Random& random_;
    WebSocketClient::Options options_;
    WebSocketHearer* hearer_;
    WebSocketDecoder decoder_;
    Phase phase_ = Phase::connecting;
    std::unique_ptr<PolledSocket> socket_;
    std::string key_;
    std::string head_;
    std::string output_;
    Loop::TimerId timer_ = 0;
};

WebSocketClient::WebSocketClient(AsioLoop& loop, Random& random, Options options,
                                 WebSocketHearer& hearer)
    : line_(std::make_shared<ClientLine>(loop, random, std::move(options), hearer)) {
    line_->connect();
}

WebSocketClient::~WebSocketClient() {
    line_->leave();
}

void WebSocketClient::send(std::string_view text) {
    line_->send(Opcode::text, text);
}

}  // namespace lifeline::net
