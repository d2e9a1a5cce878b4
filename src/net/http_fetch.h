#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/asio_loop.h"
#include "net/http_client.h"
#include "net/http_response_parser.h"
#include "net/polled_socket.h"
#include "net/tls_socket.h"

namespace lifeline::net {

// One request on its way: tries the addresses in turn until one connects, sends, reads the answer.
// Owned by its HttpClient; lives on the loop.
class HttpFetch final : public SocketHandler, public std::enable_shared_from_this<HttpFetch> {
public:
    using Done = std::move_only_function<void(Result<Response>)>;

    HttpFetch(AsioLoop& loop, const TlsContext& tls, Url url, FetchRequest request, Done done);
    ~HttpFetch();

    // The clock starts.
    void start();
    // Its name is resolved: these are the places that may be asked.
    void connect(std::vector<IpAddress> addresses);
    void fail_with(Error error);
    // As an error that says whether the request may have arrived.
    void peer_failed(std::string_view why);
    // Whether a byte of the request has left; a handshake is none of it.
    bool has_sent() const { return sent_ > 0; }

    const Url& url() const { return url_; }
    const FetchRequest& request() const { return request_; }

private:
    enum class Phase : std::uint8_t { resolving, connecting, handshake, sending, receiving, over };

    void on_readable() override { advance(); }
    void on_writable() override { advance(); }

    void try_next_address();
    void advance();
    bool connected();
    bool shaken();
    bool sent();
    void receive();
    ResponseParser::State hear(ResponseParser::State state);
    void retry(std::string why);
    void finish(Result<Response> result);
    std::string compose() const;

    AsioLoop& loop_;
    const TlsContext& tls_;
    Url url_;
    FetchRequest request_;
    Done done_;
    Phase phase_ = Phase::resolving;
    Loop::TimerId timer_ = 0;

    std::deque<IpAddress> addresses_;
    std::unique_ptr<PolledSocket> socket_;
    TlsSocket* tls_socket_ = nullptr;  // The same one, when it speaks TLS.
    std::string output_;
    std::size_t sent_ = 0;
    std::optional<ResponseParser> parser_;
    std::string last_failure_ = "the name has no address";
};

}  // namespace lifeline::net
