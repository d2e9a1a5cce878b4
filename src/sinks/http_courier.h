#pragma once

#include <string>

#include "net/http_client.h"
#include "sinks/courier.h"

namespace lifeline::sinks {

struct HttpCourierOptions {
    std::string url;  // "https://host:port" and a path before those of the adapter, if any.
    // `anywhere` only where the configuration says so: what is billed does not travel in the open.
    net::Egress egress = net::Egress::public_https;
    Millis timeout = std::chrono::seconds(20);
};

// Over HTTP. Redirects are not followed.
class HttpCourier final : public Courier {
public:
    // The client outlives this.
    HttpCourier(net::HttpClient& client, HttpCourierOptions options)
        : client_(client), options_(std::move(options)) {}
    void carry(Request request, Done done) override;

private:
    net::HttpClient& client_;
    HttpCourierOptions options_;
};

}  // namespace lifeline::sinks
