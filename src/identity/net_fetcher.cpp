#include "identity/net_fetcher.h"

#include <utility>

namespace lifeline::identity {

void NetFetcher::get(Request request, Loop& /*home*/, Done<Reply> done) {
    net::FetchRequest fetch;
    fetch.url = std::move(request.url);
    fetch.headers = {{"Accept", "application/json"}};
    if (!request.bearer.empty())
        fetch.headers.push_back({"Authorization", "Bearer " + request.bearer});
    fetch.egress = net::Egress::anywhere;
    fetch.timeout = request.timeout;
    fetch.body_bytes_max = request.body_bytes_max;
    client_.fetch(
        std::move(fetch), [done = std::move(done)](Result<net::Response> response) mutable {
            if (!response)
                done(fail(response.error()));
            else
                done(Reply{static_cast<int>(response->status), std::move(response->body)});
        });
}

}  // namespace lifeline::identity
