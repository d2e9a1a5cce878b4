#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/principal.h"
#include "net/http_message.h"

namespace lifeline::api {

// The Idempotency-Key header; empty where there is none.
Result<std::string> idempotency_key(const net::Request& request);

// The id of what a request creates, derived from who asks, for what and under which key: the same
// request sent twice, even at once, meets itself in one stream.
std::string derived_id(std::string_view prefix, const identity::Principal& principal,
                       std::string_view route, std::string_view key);

}  // namespace lifeline::api
