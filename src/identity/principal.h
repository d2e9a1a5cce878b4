#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "contract/role.h"

namespace lifeline::identity {

// A principal that may act in one call only: who holds a connect token, or came by an invite.
struct CallBinding {
    std::string session_id;
    contract::Role role = contract::Role::viewer;  // In that call.

    friend bool operator==(const CallBinding&, const CallBinding&) = default;
};

// Who is asking, once that is certain. Made only by this room, from a token that held; what the
// principal may then do is decided by those who own the thing asked for.
struct Principal {
    std::string user_id;     // "usr_...", or "key_..." for the holder of an API key.
    std::string account_id;  // The only account whose things may be seen.
    contract::Role role = contract::Role::viewer;
    // Nothing may be done in this name from here on; an open socket ends or is refreshed by then.
    WallTime expires_at = {};

    // Who vouches, and under which name; empty where the instance itself does.
    std::string issuer = {};
    std::string subject = {};
    std::string key_id = {};        // Of the API key that was shown; empty for all others.
    std::string display_name = {};  // What to show to others; may be empty, is never trusted.

    std::optional<CallBinding> call = {};

    friend bool operator==(const Principal&, const Principal&) = default;
};

}  // namespace lifeline::identity
