#pragma once

#include <memory>
#include <string>

#include "base/asio_loop.h"
#include "base/result.h"
#include "base/thread_worker.h"
#include "net/http_client.h"

namespace lifeline::app {

// One HTTP request after the other, for a command that has nothing else to do meanwhile. It goes
// wherever the operator says, private addresses too.
class WebClient {
public:
    static Result<std::unique_ptr<WebClient>> create();

    Result<net::Response> ask(net::FetchRequest request);

private:
    WebClient() = default;

    AsioLoop loop_;
    ThreadWorker resolver_{"resolver"};
    std::unique_ptr<net::HttpClient> client_;
};

}  // namespace lifeline::app
