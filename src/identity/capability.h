#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/secret.h"
#include "identity/instance_keys.h"
#include "identity/principal.h"

namespace lifeline::identity {

inline constexpr std::string_view capability_prefix = "lla_";

// What lets one agent act in one call by the MCP door, and does nothing else: it opens no socket,
// answers no confirmation and is good for no request. Made for an agent that somebody hands it to,
// in a prompt or a header, so it says no more than must be known: a MAC over it, nothing stored. It
// is worth no more than what it was made with: the maker's key or subject is asked about again
// whenever it is shown. That the call is over or the agent was removed from it is the call's to
// say. Immutable once made; any thread may use it.
class Capabilities {
public:
    explicit Capabilities(const InstanceKeys& keys) : key_(keys.derive("agent capability")) {}

    struct Grant {
        std::string session_id;
        std::string agent_id;    // A participant of the call, in the role of an agent.
        std::string agent_name;  // As others see it; may be empty.
    };
    struct Made {
        std::string token;
        WallTime expires_at;
    };
    // Never good for longer than `maker`.
    Made mint(const Grant& grant, const Principal& maker, WallTime now, Millis ttl) const;

    struct Shown {
        Principal agent;       // Bound to the call; vouched for as the maker was.
        std::string maker_id;  // Whose standing is to be asked about.
    };
    Result<Shown> verify(std::string_view token, WallTime now) const;

private:
    Secret<Digest> key_;
};

}  // namespace lifeline::identity
