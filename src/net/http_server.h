#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"
#include "net/accept_rate.h"
#include "net/client.h"
#include "net/connection_door.h"
#include "net/http_message.h"
#include "net/link.h"
#include "net/tls_context.h"

namespace lifeline {
class AsioLoop;
class Random;
}  // namespace lifeline

namespace lifeline::net {

// A response that is sent in pieces, as they come (chunked on the wire): NDJSON that follows a
// call, server-sent events. Lives on the server's loop. Destroyed before end(), it breaks the
// connection off, so that the reader cannot take half for the whole.
class ResponseStream {
public:
    enum class Flow : std::uint8_t {
        go_on,
        wait,  // The reader is behind: what was written is kept, on_drained says when to go on.
    };

    virtual ~ResponseStream() = default;
    virtual Flow write(std::string_view bytes) = 0;
    // Called each time the reader has caught up after a `wait`.
    virtual void on_drained(Job job) = 0;
    // Called once if the reader goes away before end(); no write matters any more.
    virtual void on_closed(Job job) = 0;
    virtual void end() = 0;
};

// One request and the way to answer it, exactly once: respond, stream or upgrade. It may be kept
// and answered later; respond may be called from any thread, the others on the server's loop.
// Dropped without an answer it answers 500, so nobody waits for ever. It may outlive the server,
// but not the loop.
class Exchange {
public:
    virtual ~Exchange() = default;

    virtual const Request& request() const = 0;
    // The other end of the connection; behind a proxy that is the proxy.
    virtual const Peer& peer() const = 0;
    virtual const Client& client() const = 0;
    virtual Loop& loop() = 0;

    virtual void respond(Response response) = 0;
    virtual std::unique_ptr<ResponseStream> stream(Response head) = 0;
    // Sends 101 with these headers and gives the connection away. Fails if the peer has gone.
    virtual Result<Link> upgrade(Headers headers) = 0;
};

// Why a request never reached the handler.
struct HttpRefusal {
    unsigned status = 400;
    std::string_view reason;  // Stable: one of the words below.
    std::string_view detail;
    std::string request_id;
    std::string origin;  // The request's, as far as it was read; empty where it has none.
};
namespace http_reason {
inline constexpr std::string_view invalid = "request_invalid";          // 400, 417, 505
inline constexpr std::string_view timeout = "request_timeout";          // 408
inline constexpr std::string_view body_too_large = "body_too_large";    // 413
inline constexpr std::string_view head_too_large = "header_too_large";  // 414, 431
inline constexpr std::string_view unanswered = "internal";              // 500
inline constexpr std::string_view full = "overloaded";                  // 503
inline constexpr std::string_view too_fast = "rate_limited";            // 429
}  // namespace http_reason

struct HttpLimits {
    std::size_t head_bytes_max = 16 * 1024;
    std::size_t target_bytes_max = 8 * 1024;
    std::size_t headers_max = 64;
    std::size_t body_bytes_max = 1 << 20;
    // For a whole head, a whole body: not per byte, so that a byte now and then buys no time. Of
    // the first head from the accept on, whatever else has to be said before it.
    Millis head_deadline = std::chrono::seconds(10);
    Millis body_deadline = std::chrono::seconds(30);
    Millis idle_timeout = std::chrono::seconds(60);   // Between two requests.
    Millis write_timeout = std::chrono::seconds(30);  // Without a byte taken by the reader.
    std::size_t stream_buffer_bytes = 64 * 1024;      // Beyond it, Flow::wait.
};

// What the door has done since the start, for who keeps figures. Upgraded connections are no longer
// counted here.
struct HttpCounters {
    std::uint64_t accepted = 0;             // Connections that came, whatever became of them.
    std::uint64_t requests = 0;             // Handed over.
    std::uint64_t refused_full = 0;         // `overloaded`: as many as may, in all or by address.
    std::uint64_t refused_descriptors = 0;  // `overloaded`: what descriptors are left are kept.
    std::uint64_t refused_rate = 0;         // `rate_limited`: too many a second from one address.
    std::uint64_t dropped = 0;              // Of the refused, those that were not even told.
    std::uint64_t timed_out = 0;            // `request_timeout`, or nothing said at all.
    std::uint64_t refused_requests = 0;     // Everything else that was no request of ours.
};

struct HttpServerOptions {
    std::string address = "127.0.0.1";  // An IP address; "::" and "0.0.0.0" are every interface.
    std::uint16_t port = 0;             // 0: whichever is free.
    int backlog = 4096;
    HttpLimits limits = {};
    ConnectionDoor::Limits connections = {};
    AcceptRate::Limits accepts = {};
    // So many descriptors are not given to connections.
    std::size_t descriptors_reserved = 64;
    Proxies proxies = {};
    std::shared_ptr<const TlsContext> tls = nullptr;  // Null: plain HTTP.
};

// HTTP/1.1 on one loop, plain or through TLS: accepts, reads, limits, keeps alive. Lives on its
// loop: listen() and the rest on the loop's thread, or while it does not run.
class HttpServer {
public:
    using Handler = std::move_only_function<void(std::shared_ptr<Exchange>)>;
    // Dresses a refusal for the wire, so that all errors of a server look alike.
    using Renderer = std::move_only_function<Response(const HttpRefusal&)>;

    HttpServer(AsioLoop& loop, Random& random, HttpServerOptions options, Handler handler,
               Renderer renderer);
    ~HttpServer();

    // Fails with a detail that says which address and why.
    Status listen();
    std::uint16_t port() const;

    // What may change while it serves: everything but where it listens.
    void apply(HttpServerOptions options);

    // Accepts no more, closes what is idle, answers what was asked, and calls `done` when the last
    // connection is gone or `grace` is over. Upgraded connections are no longer its own.
    void stop(Millis grace, Job done);

    // Connections inside, upgraded ones included.
    std::size_t connections() const;
    // On the server's loop.
    const HttpCounters& counters() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lifeline::net
