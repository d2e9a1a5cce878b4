#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/http_message.h"

namespace lifeline::gateway {

// What a client asks for when it opens a WebSocket: which call, from where on, and in whose name.
struct UpgradeRequest {
    std::string session_id;
    // The last seq the client has seen; nullopt where it asks for everything.
    std::optional<std::uint64_t> after;
    bool after_acked = false;  // From where the participant last acknowledged; instead of `after`.
    std::string epoch;         // Which history `after` counts in; may be empty on a first connect.
    std::string token;         // May be empty: then nobody is asking.
    std::string resume_token;  // Of the line that is continued; empty for a new one.
    std::string key;           // Sec-WebSocket-Key.
    // With an Origin a script asks, and a script cannot read a refused upgrade (ADR 8).
    bool browser = false;
};

// Pure. Refuses what is no WebSocket upgrade of this protocol (400 malformed; 426 comes from the
// reason upgrade_required) and a token in the URL (token_in_url), where logs and histories keep it.
Result<UpgradeRequest> read_upgrade(const net::Request& request, std::string session_id);

}  // namespace lifeline::gateway
