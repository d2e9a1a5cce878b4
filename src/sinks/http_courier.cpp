#include "sinks/http_courier.h"

#include <utility>

namespace lifeline::sinks {

namespace {

// A list of a hundred events, with room.
constexpr std::size_t answer_bytes_max = 1 << 20;

}  // namespace

void HttpCourier::carry(Request request, Done done) {
    request.headers.push_back({"Accept", "application/json"});
    client_.fetch({.url = options_.url + request.path,
                   .method = std::move(request.method),
                   .headers = std::move(request.headers),
                   .body = std::move(request.body),
                   .egress = options_.egress,
                   .timeout = options_.timeout,
                   .body_bytes_max = answer_bytes_max},
                  std::move(done));
}

}  // namespace lifeline::sinks
