#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::mcp {

// One session of an outside agent for one call: "agent:main:lifeline:<call>". The agent's own
// sessions are kept in lower case there, so an id that has capitals is spelled in hexadecimal; what
// comes back by the plugin leads to the same call.
std::string session_key(std::string_view agent_id, std::string_view session_id);

// The call that such a key names; nothing when it is no key of ours.
std::optional<std::string> session_of_key(std::string_view key);

}  // namespace lifeline::mcp
