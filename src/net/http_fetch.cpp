#include "net/http_fetch.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "net/tcp_connect.h"
#include "net/tcp_socket.h"

namespace lifeline::net {

HttpFetch::HttpFetch(AsioLoop& loop, const TlsContext& tls, Url url, FetchRequest request,
                     Done done)
    : loop_(loop),
      tls_(tls),
      url_(std::move(url)),
      request_(std::move(request)),
      done_(std::move(done)) {}

HttpFetch::~HttpFetch() {
    if (timer_ != 0) loop_.cancel_timer(timer_);
}

void HttpFetch::start() {
    timer_ = loop_.start_timer(request_.timeout, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->timer_ = 0;
            self->peer_failed("no answer in time");
        }
    });
}

void HttpFetch::connect(std::vector<IpAddress> addresses) {
    if (phase_ != Phase::resolving) return;  // Too late.
    addresses_.assign(addresses.begin(), addresses.end());
    try_next_address();
}

void HttpFetch::try_next_address() {
    if (addresses_.empty()) return peer_failed(last_failure_);
    const Peer peer{addresses_.front(), url_.port};
    addresses_.pop_front();
    auto fd = begin_connect(peer);
    if (!fd) return retry(fd.error().detail);

    phase_ = Phase::connecting;
    tls_socket_ = nullptr;
    if (url_.is_secure()) {
        auto socket = std::make_unique<TlsSocket>(
            loop_, std::move(*fd), tls_, url_.host,
            url_.host_is_address ? TlsSocket::Host::address : TlsSocket::Host::name);
        tls_socket_ = socket.get();
        socket_ = std::move(socket);
    } else {
        socket_ = make_connecting(loop_, std::move(*fd));
    }
    socket_->attach(this);
    socket_->want_writable();
}

// As far as it goes for now.
void HttpFetch::advance() {
    const auto self = shared_from_this();
    if (phase_ == Phase::connecting && !connected()) return;
    if (phase_ == Phase::handshake && !shaken()) return;
    if (phase_ == Phase::sending && !sent()) return;
    if (phase_ == Phase::receiving) receive();
}

bool HttpFetch::connected() {
    if (std::string why = connect_error(socket_->fd()); !why.empty()) {
        retry(std::move(why));
        return false;
    }
    output_ = compose();
    sent_ = 0;
    phase_ = tls_socket_ != nullptr ? Phase::handshake : Phase::sending;
    return true;
}

bool HttpFetch::shaken() {
    switch (tls_socket_->handshake()) {
        case Io::Status::ok:
            phase_ = Phase::sending;
            return true;
        case Io::Status::again:
            socket_->want_readable();
            return false;
        case Io::Status::closed:
            // Not retried elsewhere: a wrong certificate is no bad luck.
            peer_failed("TLS: " + tls_socket_->failure());
            return false;
    }
    return false;
}

bool HttpFetch::sent() {
    while (sent_ < output_.size()) {
        const Io io = socket_->send(std::string_view(output_).substr(sent_));
        if (io.status == Io::Status::again) {
            socket_->want_writable();
            return false;
        }
        if (io.status == Io::Status::closed) break;  // It may have answered all the same.
        sent_ += io.bytes;
    }
    const bool no_body = request_.method == "HEAD";
    parser_.emplace(ResponseParser::Limits{.body_bytes_max = request_.body_bytes_max},
                    no_body ? ResponseParser::Body::none : ResponseParser::Body::expected);
    phase_ = Phase::receiving;
    return true;
}

void HttpFetch::receive() {
    std::array<char, 16 * 1024> buffer;
    auto state = ResponseParser::State::need_more;
    while (state == ResponseParser::State::need_more) {
        const Io io = socket_->receive(buffer);
        if (io.status == Io::Status::again) return socket_->want_readable();
        if (io.status == Io::Status::ok) {
            state = hear(parser_->feed({buffer.data(), io.bytes}));
            continue;
        }
        // Over TLS an end that nobody announced may be anyone's scissors.
        const bool cut = tls_socket_ != nullptr && !tls_socket_->ended_cleanly();
        state = cut ? ResponseParser::State::malformed : hear(parser_->finish());
    }
    if (phase_ == Phase::over) return;  // They have heard enough.
    switch (state) {
        case ResponseParser::State::complete:
            return finish(parser_->take());
        case ResponseParser::State::too_large:
            return fail_with(
                {Code::too_large, "body_too_large",
                 fmt::format("{}: more than {} bytes", url_.origin(), request_.body_bytes_max)});
        default:
            return peer_failed("the answer is cut short or no HTTP");
    }
}

// Passes on what is new to whoever listens; complete when they have heard enough.
ResponseParser::State HttpFetch::hear(ResponseParser::State state) {
    const bool told =
        state == ResponseParser::State::need_more || state == ResponseParser::State::complete;
    if (!request_.hear || !told || !parser_->has_head()) return state;
    const std::string piece = parser_->take_piece();
    if (request_.hear(parser_->head(), piece) == Hear::on) return state;
    finish(parser_->head());
    return ResponseParser::State::complete;
}

void HttpFetch::retry(std::string why) {
    last_failure_ = std::move(why);
    try_next_address();
}

void HttpFetch::peer_failed(std::string_view why) {
    std::string detail = fmt::format("{}: {}", url_.origin(), why);
    if (has_sent()) return fail_with({Code::unavailable, "answer_lost", std::move(detail)});
    fail_with({Code::unavailable, "peer_unavailable", std::move(detail)});
}

void HttpFetch::fail_with(Error error) {
    finish(fail(std::move(error)));
}

void HttpFetch::finish(Result<Response> result) {
    if (phase_ == Phase::over) return;
    phase_ = Phase::over;
    const auto self = shared_from_this();
    if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
    socket_.reset();
    tls_socket_ = nullptr;
    std::exchange(done_, nullptr)(std::move(result));
}

std::string HttpFetch::compose() const {
    std::string out = fmt::format("{} {} HTTP/1.1\r\n", request_.method, url_.target);
    append_header_line(out, "Host", url_.authority());
    append_header_line(out, "User-Agent", "lifeline");
    append_header_line(out, "Connection", "close");
    for (const Header& header : request_.headers) {
        append_header_line(out, header.name, header.value);
    }
    if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
        append_header_line(out, "Content-Length", std::to_string(request_.body.size()));
    }
    return out + "\r\n" + request_.body;
}

}  // namespace lifeline::net
