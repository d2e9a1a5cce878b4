#pragma once

#include <array>
#include <string>
#include <vector>

#include "contract/risk.h"
#include "safety/arguments.h"
#include "safety/policy.h"
#include "safety/rule.h"

namespace lifeline::safety {

inline constexpr std::size_t policy_bytes_max = 262'144;
inline constexpr std::size_t rules_max = 1'000;

struct Policy::Content {
    std::string id;
    std::string version;
    std::string hash;
    std::string json;  // Canonical.
    std::array<Outcome, 3> defaults = {Outcome::allow, Outcome::allow,
                                       Outcome::confirm};  // by Risk
    std::vector<Rule> rules;
    std::vector<Path> paths;  // that any of them looks at
    VoiceWords voice = VoiceWords::standard();
};

// `policy_invalid`
Result<Policy::Content> read_policy(std::string_view json);

}  // namespace lifeline::safety
