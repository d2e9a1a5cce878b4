#include "net/http_connection.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/check.h"
#include "net/http_exchange.h"
#include "net/tcp_socket.h"

namespace lifeline::net {

namespace {

// While a request is handled, so much of what comes behind it is taken from the kernel.
constexpr std::size_t ahead_bytes_max = 16 * 1024;
constexpr std::size_t kept_output_bytes = 16 * 1024;
constexpr int retry_after_seconds = 5;

bool is_busy(unsigned status) {
    return status == 503 || status == 429;
}

bool may_have_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

HttpConnection::HttpConnection(Owner& owner, Loop& loop, const HttpLimits& limits,
                               std::unique_ptr<Socket> socket, Peer peer, Wire wire)
    : owner_(&owner),
      loop_(loop),
      limits_(limits),
      socket_(std::move(socket)),
      peer_(peer),
      wire_(wire) {}

HttpConnection::~HttpConnection() {
    CHECK(timer_ == 0);
}

void HttpConnection::start() {
    socket_->attach(this);
    socket_->want_readable();
    // From the accept on, so that saying nothing at all is no way to stay.
    set_deadline(limits_.head_deadline, &HttpConnection::request_timed_out);
}

void HttpConnection::turn_away(const HttpRefusal& refusal) {
    socket_->attach(this);
    phase_ = Phase::handling;
    set_deadline(limits_.head_deadline, &HttpConnection::close_now);
    say_no(refusal);
}

void HttpConnection::on_readable() {
    const auto self = shared_from_this();
    std::array<char, 16 * 1024> buffer;
    while (phase_ != Phase::over && phase_ != Phase::finishing) {
        if (input_.size() > ahead_bytes_max && phase_ != Phase::reading) return;
        const Io io = socket_->receive(buffer);
        if (io.status == Io::Status::again) return socket_->want_readable();
        if (io.status == Io::Status::closed) {
            // A client that has only finished sending may still read an answer it waits for.
            if (phase_ == Phase::handling) return;
            return close_now();
        }
        input_.append(buffer.data(), io.bytes);
        if (phase_ == Phase::idle || phase_ == Phase::reading) process();
    }
}

// Requests that are there already, one after the other. Not entered twice: a handler that answers
// at once comes back here from inside.
void HttpConnection::process() {
    if (std::exchange(processing_, true)) return;
    const auto self = shared_from_this();
    while (!input_.empty() && (phase_ == Phase::idle || phase_ == Phase::reading)) {
        if (!read_request()) break;
    }
    processing_ = false;
}

// Goes on with one request; false when more bytes are needed.
bool HttpConnection::read_request() {
    if (phase_ == Phase::idle) {
        phase_ = Phase::reading;
        body_begun_ = false;
        parser_.emplace(limits_);
        // That of the first has begun with the connection: a byte shortly before it is over, or a
        // slow handshake, is no way to double it.
        if (greeted_) set_deadline(limits_.head_deadline, &HttpConnection::request_timed_out);
    }
    std::size_t consumed = 0;
    const auto state = parser_->feed(input_, consumed);
    input_.erase(0, consumed);
    switch (state) {
        case RequestParser::State::in_head:
            return false;
        case RequestParser::State::in_body:
            if (!std::exchange(body_begun_, true)) {
                set_deadline(limits_.body_deadline, &HttpConnection::request_timed_out);
                if (parser_->expects_continue() && input_.empty()) {
                    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
                    flush();
                }
            }
            return false;
        case RequestParser::State::refused:
            refuse(parser_->refusal());
            return false;
        case RequestParser::State::complete:
            hand_over();
            return true;
    }
    return false;
}

void HttpConnection::hand_over() {
    clear_deadline();
    greeted_ = true;
    phase_ = Phase::handling;
    Request request = parser_->take();
    request.id = owner_->new_request_id();
    // Behind an upgrade comes another protocol: never to be read as a request, whatever the answer.
    if (!parser_->keep_alive() || request.header("Upgrade") != nullptr) close_after_ = true;
    chunked_ = parser_->is_http11();
    parser_.reset();
    Client client = client_of(request, peer_.address, wire_ == Wire::tls, owner_->proxies());
    if (client.proxied) {
        if (auto refusal = owner_->seat_client(client, request, client_seat_)) {
            if (const auto* origin = request.header("Origin")) refusal->origin = *origin;
            return say_no(*refusal);
        }
    }
    owner_->handle(
        std::make_shared<HttpExchange>(shared_from_this(), std::move(request), std::move(client)));
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
    ++owner_->counters().refused_requests;
    clear_deadline();
    say_no(refusal);
}

void HttpConnection::say_no(const HttpRefusal& refusal) {
    HttpRefusal named = refusal;
    named.request_id = owner_->new_request_id();
    if (parser_) named.origin = parser_->origin();
    Request request;
    request.id = named.request_id;
    close_after_ = true;
    phase_ = Phase::handling;
    parser_.reset();
    Response response = owner_->render(named);
    if (is_busy(refusal.status) && !find_header(response.headers, "Retry-After")) {
        response.set("Retry-After", std::to_string(retry_after_seconds));
    }
    respond(request, std::move(response));
}

void HttpConnection::append_head(const Request* request, const Response& response,
                                 std::string_view framing) {
    output_ += fmt::format("HTTP/1.1 {} {}\r\n", response.status, status_phrase(response.status));
    for (const Header& header : response.headers) {
        append_header_line(output_, header.name, header.value);
    }
    if (request != nullptr) {
        append_header_line(output_, "Request-Id", request->id);
        // Strangers' words are in what is answered: it is what it says it is, and never a page.
        append_header_line(output_, "X-Content-Type-Options", "nosniff");
    }
    append_header_line(output_, "Date", format_http_date(loop_.clock().wall()));
    output_ += framing;
    if (close_after_) output_ += "Connection: close\r\n";
    output_ += "\r\n";
}

void HttpConnection::respond(const Request& request, Response response) {
    if (phase_ != Phase::handling) return;  // The connection is gone.
    const bool has_body = may_have_body(response.status);
    append_head(&request, response,
                has_body ? fmt::format("Content-Length: {}\r\n", response.body.size()) : "");
    if (has_body && request.method != "HEAD") output_ += response.body;
    phase_ = Phase::finishing;
    flush();
}

void HttpConnection::start_stream(const Request& request, Response head) {
    if (phase_ != Phase::handling) return;
    if (!chunked_) close_after_ = true;  // HTTP/1.0: the body ends where the connection does.
    bodiless_ = request.method == "HEAD" || !may_have_body(head.status);
    append_head(&request, head, chunked_ ? "Transfer-Encoding: chunked\r\n" : "");
    phase_ = Phase::streaming;
    flush_soon();
    if (phase_ == Phase::streaming) socket_->want_readable();  // To see the reader go.
}

ResponseStream::Flow HttpConnection::write_piece(std::string_view bytes) {
    using Flow = ResponseStream::Flow;
    if (phase_ != Phase::streaming || bodiless_ || bytes.empty()) return Flow::go_on;
    if (chunked_) {
        output_ += fmt::format("{:x}\r\n", bytes.size());
        output_.append(bytes).append("\r\n");
    } else {
        output_.append(bytes);
    }
    flush_soon();
    if (output_.size() - sent_ <= limits_.stream_buffer_bytes) return Flow::go_on;
    awaited_ = true;
    return Flow::wait;
}

void HttpConnection::end_stream() {
    if (phase_ != Phase::streaming) return;
    if (chunked_ && !bodiless_) output_ += "0\r\n\r\n";
    phase_ = Phase::finishing;
    closed_ = nullptr;
    drained_ = nullptr;
    flush();
}

void HttpConnection::break_off() {
    if (phase_ == Phase::streaming) close_now();
}

Result<Link> HttpConnection::upgrade(const Headers& headers) {
    const auto gone = [] {
        return fail(Code::unavailable, "connection_closed", "the peer has gone");
    };
    if (phase_ != Phase::handling) return gone();
    const auto self = shared_from_this();
    close_after_ = false;
    append_head(nullptr, {101, headers, {}}, "");
    // The kernel's buffer is empty after all that was answered before, so a piece left over means
    // that something is wrong with this connection, and with such a one nothing begins.
    const Io io = socket_->send(output_);
    if (io.bytes != output_.size()) {
        close_now();
        return gone();
    }
    Detached detached = detach(std::move(socket_));
    phase_ = Phase::over;
    clear_deadline();
    if (owner_ != nullptr) owner_->finished(*this);
    if (!detached.fd.is_open()) return gone();
    detached.seat.take_over(std::move(client_seat_));
    return Link{std::move(detached.fd), std::move(input_), peer_, std::move(detached.seat),
                std::move(detached.tls)};
}

void HttpConnection::drop_unanswered(const Request& request) {
    if (phase_ != Phase::handling) return;
    close_after_ = true;
    const std::string* origin = request.header("Origin");
    respond(request, owner_->render({500, http_reason::unanswered, "no answer was given",
                                     request.id, origin != nullptr ? *origin : ""}));
}

// What pieces a turn brings leaves in one send.
void HttpConnection::flush_soon() {
    if (std::exchange(flush_posted_, true)) return;
    loop_.post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->flush_posted_ = false;
            self->flush();
        }
    });
}

void HttpConnection::flush() {
    if (phase_ == Phase::over) return;
    bool taken = false;
    while (sent_ < output_.size()) {
        const Io io = socket_->send(std::string_view(output_).substr(sent_));
        if (io.status == Io::Status::closed) return close_now();
        if (io.status == Io::Status::again) {
            // Only a byte that was taken buys more time.
            const bool waits_anew = taken || timer_ == 0;
            if (!waits_anew) return socket_->want_writable();
            if (phase_ == Phase::finishing || phase_ == Phase::streaming) {
                set_deadline(limits_.write_timeout, &HttpConnection::close_now);
            }
            return socket_->want_writable();
        }
        taken = true;
        sent_ += io.bytes;
    }
    output_.clear();
    sent_ = 0;
    if (output_.capacity() > kept_output_bytes) output_.shrink_to_fit();
    written();
}

void HttpConnection::written() {
    if (phase_ == Phase::finishing) {
        clear_deadline();
        return next_request();
    }
    if (phase_ != Phase::streaming) return;
    clear_deadline();
    if (std::exchange(awaited_, false) && drained_) {
        const auto self = shared_from_this();
        drained_();
    }
}

void HttpConnection::next_request() {
    if (close_after_) return close_politely();
    const auto self = shared_from_this();
    client_seat_ = {};
    phase_ = Phase::idle;
    set_deadline(limits_.idle_timeout, &HttpConnection::close_now);
    process();
    if (phase_ == Phase::idle || phase_ == Phase::reading) socket_->want_readable();
}

void HttpConnection::drain() {
    if (phase_ == Phase::idle) return close_now();
    close_after_ = true;
}

void HttpConnection::abandon() {
    owner_ = nullptr;
    close_now();
}

void HttpConnection::close_politely() {
    const auto self = shared_from_this();
    phase_ = Phase::over;
    client_seat_ = {};
    clear_deadline();
    close_lingering(std::move(socket_), loop_);
    if (owner_ != nullptr) owner_->finished(*this);
}

void HttpConnection::close_now() {
    if (phase_ == Phase::over) return;
    const auto self = shared_from_this();
    phase_ = Phase::over;
    client_seat_ = {};
    clear_deadline();
    socket_.reset();
    parser_.reset();
    if (closed_) std::exchange(closed_, nullptr)();
    drained_ = nullptr;
    if (owner_ != nullptr) owner_->finished(*this);
}

void HttpConnection::request_timed_out() {
    ++owner_->counters().timed_out;
    if (phase_ == Phase::idle) return close_now();  // Never said a word.
    say_no({408, http_reason::timeout, "the request did not arrive in time", {}, {}});
}

void HttpConnection::set_deadline(Millis after, void (HttpConnection::*then)()) {
    clear_deadline();
    timer_ = loop_.start_timer(after, [weak = weak_from_this(), then] {
        const auto self = weak.lock();
        if (!self) return;
        self->timer_ = 0;
        ((*self).*then)();
    });
}

void HttpConnection::clear_deadline() {
    if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
}

}  // namespace lifeline::net
