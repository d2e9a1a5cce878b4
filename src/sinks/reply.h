#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"
#include "sinks/adapter.h"

// What the statuses mean that all sinks use alike:
//
// | what happened                               | meaning           | of     |
// |---------------------------------------------|-------------------|--------|
// | nothing was sent                            | transient         | sink   |
// | sent, and no answer came                    | unknown           | sink   |
// | 2xx                                         | delivered         |        |
// | 3xx, which is never followed                | transient         | sink   |
// | 401, 403, 404, 405: our key or URL is wrong | transient         | sink   |
// | 408, 424, 425, 429                          | transient         | sink   |
// | 5xx: it may have been taken                 | unknown           | sink   |
// | other 4xx                                   | permanent         | charge |
namespace lifeline::sinks {

Reply reply_of(const Result<net::Response>& answer);

// A refusal that is no JSON, of a sink whose refusals are: it came from something else on the way,
// or was cut off, and says nothing of the charge.
Reply believed_only_as_json(Reply reply, const Result<net::Response>& answer);

// The seconds of Retry-After, or those until its date.
std::optional<Millis> retry_after(const net::Response& answer);

// A sum that came as a double: what is not an exact integer says nothing.
Found exact_sum(double sum);

// Of a foreign text as much as an event may hold, without control characters.
std::string tame(std::string_view text);

}  // namespace lifeline::sinks
