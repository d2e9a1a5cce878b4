#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"
#include "orchestration/executor.h"

// What an HTTP tool's answer means. Pure.
//
// | what happened                                         | outcome, code          | again? |
// |-------------------------------------------------------|------------------------|-----------------|
// | name not resolved, not connected, TLS failed, or too  | failed                 | yes: nothing |
// | many requests of ours: nothing was sent               | unreachable/overloaded | was sent | |
// the URL leads to where it may not                     | failed egress_denied   | no | | 2xx |
// succeeded              |                 | | 3xx | failed redirected      | no              | |
// 429, 503                                              | failed http_429        | if repeatable, |
// |                                                       |                        | by Retry-After
// | | other 4xx, 500, 501, 505 to 511                       | failed http_404        | no | | 502,
// 504, other 5xx: a proxy's word, not the tool's   | unknown http_502       | if repeatable   | |
// cut off, or no answer in time, after bytes were sent  | unknown no_answer      | (then it is | |
// |                        | failed)         |
//
// A success's body: an object with any of `summary` (text), `effectId` (text) and `result` (an
// object), or any other JSON, which is the result. What is no JSON is {"text": ...}. A failure's
// body may name its own `code` (a word) and `message`, also inside `error`.
namespace lifeline::orchestration {

// More of an answer is not read; a success stays one, with what was read of its body.
inline constexpr std::size_t answer_bytes_max = 256 * 1024;

// `answer` is of net::HttpClient.
Outcome outcome_of(const Job& job, const Result<net::Response>& answer);

// The delta-seconds of Retry-After, at most an hour; 0 for none. Dates are not understood.
Millis retry_after(const net::Response& response);

}  // namespace lifeline::orchestration
