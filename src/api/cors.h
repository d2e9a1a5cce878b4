#pragma once

#include <string>

#include "net/http_message.h"
#include "net/origin.h"

namespace lifeline::api {

// Lets the page that asks read the answer, if it may; refusals too, or it would see nothing but
// "failed". `origin` is null where nobody's page asks.
void allow_reading(net::Response& response, const net::OriginList& origins,
                   const std::string* origin);

}  // namespace lifeline::api
