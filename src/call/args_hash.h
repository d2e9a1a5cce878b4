#pragma once

#include <string>
#include <string_view>

namespace lifeline::call {

// What an approval is bound to: SHA-256 over a tag, the action's id and type, and its arguments in
// their one spelling (RFC 8785), as 64 hex digits. Two spellings of the same arguments are the
// same; the same arguments of another action are not.
std::string args_hash(std::string_view action_id, std::string_view action_type,
                      std::string_view canonical_args);

// What two requests with one idempotencyKey must agree on: the same without the id.
std::string content_digest(std::string_view action_type, std::string_view canonical_args);

}  // namespace lifeline::call
