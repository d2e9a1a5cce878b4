#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.h"
#include "base/result.h"
#include "call/command.h"
#include "contract/body.h"

namespace lifeline::api {

// The request's body, checked against its schema. No body at all is an empty object; a body must
// say that it is JSON, so that no form of a foreign page can be one.
Result<contract::Body> read_body(const Asked& asked, contract::BodyType type);

// [{userId, role}, ...], checked already.
Result<std::vector<call::Member>> read_members(std::string_view json);

// A whole number in the query, or what it is without one.
Result<std::int64_t> number_query(const net::Request& request, std::string_view name,
                                  std::int64_t least, std::int64_t most, std::int64_t otherwise);

}  // namespace lifeline::api
