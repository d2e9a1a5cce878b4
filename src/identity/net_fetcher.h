#pragma once

#include "identity/fetcher.h"
#include "net/http_client.h"

namespace lifeline::identity {

// The Fetcher over HTTP. Issuers' URLs come from our own configuration and may be inside the
// network (check_issuers wants https or this machine), so no egress rule is applied. `home` of
// every request is the client's loop; the client outlives this.
class NetFetcher final : public Fetcher {
public:
    explicit NetFetcher(net::HttpClient& client) : client_(client) {}
    void get(Request request, Loop& home, Done<Reply> done) override;

private:
    net::HttpClient& client_;
};

}  // namespace lifeline::identity
