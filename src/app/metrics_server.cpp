#include "app/metrics_server.h"

#include <fmt/format.h>

#include <utility>

#include "base/asio_loop.h"

namespace lifeline::app {

namespace {

// Below the ten seconds that Prometheus waits for a scrape.
constexpr Millis source_deadline = std::chrono::seconds(2);

net::Response plain(unsigned status, std::string text) {
    net::Response response;
    response.status = status;
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.set("Cache-Control", "no-store");
    response.body = std::move(text);
    return response;
}

}  // namespace

MetricsServer::MetricsServer(AsioLoop& home, Random& random, Address address,
                             std::vector<MetricSource> sources)
    : scraper_(home, std::move(sources), source_deadline),
      http_(
          home, random,
          net::HttpServerOptions{.address = std::move(address.address),
                                 .port = address.port,
                                 .connections = {.total = 32, .per_address = 16}},
          [this](std::shared_ptr<net::Exchange> exchange) { answer(std::move(exchange)); },
          [](const net::HttpRefusal& refusal) {
              return plain(refusal.status, fmt::format("{}\n", refusal.reason));
          }) {}

Status MetricsServer::listen() {
    return http_.listen();
}

void MetricsServer::answer(std::shared_ptr<net::Exchange> exchange) {
    const auto& request = exchange->request();
    if (request.path() != "/metrics") return exchange->respond(plain(404, "see /metrics\n"));
    if (request.method != "GET" && request.method != "HEAD")
        return exchange->respond(plain(405, "only GET\n"));
    scraper_.scrape([exchange = std::move(exchange)](const Samples& samples) {
        exchange->respond(plain(200, prometheus_text(samples)));
    });
}

}  // namespace lifeline::app
