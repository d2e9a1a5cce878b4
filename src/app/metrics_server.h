#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/scrape.h"
#include "base/result.h"
#include "net/http_server.h"

namespace lifeline::app {

// GET /metrics, on a listener of its own: nothing that the public port leads to may read it, and it
// answers when that port is full. Whoever reaches it is asked for nothing, so it belongs on an
// address that only the scraper reaches. Lives on the home loop.
class MetricsServer {
public:
    struct Address {
        std::string address;
        std::uint16_t port = 0;
    };
    MetricsServer(AsioLoop& home, Random& random, Address address,
                  std::vector<MetricSource> sources);

    Status listen();
    std::uint16_t port() const { return http_.port(); }

private:
    void answer(std::shared_ptr<net::Exchange> exchange);

    Scraper scraper_;
    net::HttpServer http_;
};

}  // namespace lifeline::app
