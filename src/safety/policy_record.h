#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "safety/policy.h"

namespace lifeline::safety {

// What fits an event of the instance's stream, with what stands around it.
inline constexpr std::size_t recorded_policy_bytes_max = 60 * 1024;

// A policy that somebody puts in force while the server runs.
struct PolicyChange {
    Policy policy;
    std::string base_hash;  // Of the policy that they have seen, and that it replaces.
    std::string by;
    std::string reason;
};

// The payload of the event that records it: safety.policy.changed.
std::string payload_of(const PolicyChange& change);

// The policies that were put: the fold of the instance's stream. Pure. Says nothing of which policy
// is in force: that is for whoever knows whether the configuration names a file.
class PolicyRecord {
public:
    struct Stored {
        std::string policy_json;  // Canonical. Not read here, so that an old one stops no start.
        std::string by;
        std::string reason;
    };

    // Ignores other types; an error when it is not what its type promises.
    Status apply(std::string_view type, std::string_view payload_json);
    // `policy_conflict` where another one is in force than the change was made on,
    // `policy_version_used` where its version stood for something else, `policy_invalid` where it
    // is too large. Putting what is in force already is nobody's mistake.
    Status may_take(const PolicyChange& change, const Policy& in_force) const;

    // The last one; nothing where none was ever put.
    const std::optional<Stored>& stored() const { return stored_; }

private:
    std::optional<Stored> stored_;
    std::map<std::string, std::string> hashes_;  // By "id version": decisions name both.
};

}  // namespace lifeline::safety
