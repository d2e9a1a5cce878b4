#include "app/web_client.h"

#include <utility>

namespace lifeline::app {

Result<std::unique_ptr<WebClient>> WebClient::create() {
    std::unique_ptr<WebClient> made(new WebClient());
    auto client = net::HttpClient::create(made->loop_, made->resolver_, {});
    if (!client) return fail(client.error());
    made->client_ = std::move(*client);
    return made;
}

Result<net::Response> WebClient::ask(net::FetchRequest request) {
    request.egress = net::Egress::anywhere;
    Result<net::Response> outcome;
    loop_.post([&] {
        client_->fetch(std::move(request), [&](Result<net::Response> response) {
            outcome = std::move(response);
            loop_.stop();
        });
    });
    loop_.context().restart();
    loop_.run();
    return outcome;
}

}  // namespace lifeline::app
