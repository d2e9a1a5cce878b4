#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"
#include "net/http_server.h"

namespace lifeline::api {

// An error as application/problem+json (RFC 9457): status, `code`, what it means, what to do about
// it, and the id by which the log knows the request. What a stranger must not learn is not in an
// Error's reason; its detail is left out for refusals of identity.
net::Response problem(std::string_view request_id, const Error& error,
                      std::string_view terminal_event = {});

// For requests that HTTP itself refused.
net::Response problem(const net::HttpRefusal& refusal);

net::Response json_response(unsigned status, std::string body);

}  // namespace lifeline::api
