#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/http_server.h"

namespace lifeline::net {

class HttpConnection;

// The Exchange of an HttpConnection.
class HttpExchange final : public Exchange {
public:
    HttpExchange(std::shared_ptr<HttpConnection> connection, Request request, Client client);
    ~HttpExchange() override;

    const Request& request() const override { return request_; }
    const Peer& peer() const override;
    const Client& client() const override { return client_; }
    Loop& loop() override;
    void respond(Response response) override;
    std::unique_ptr<ResponseStream> stream(Response head) override;
    Result<Link> upgrade(Headers headers) override;

private:
    void claim();

    std::shared_ptr<HttpConnection> connection_;
    Request request_;
    Client client_;
    std::atomic<bool> answered_ = false;
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string format_http_date(WallTime time);

}  // namespace lifeline::net
