#include "api/cors.h"

namespace lifeline::api {

void allow_reading(net::Response& response, const net::OriginList& origins,
                   const std::string* origin) {
    response.set("Vary", "Origin");
    if (origin == nullptr || !origins.allows(*origin)) return;
    response.set("Access-Control-Allow-Origin", *origin);
    response.set("Access-Control-Expose-Headers", "Allow, Epoch, Link, Retry-After, Request-Id");
}

}  // namespace lifeline::api
