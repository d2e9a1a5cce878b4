#pragma once

#include <optional>
#include <string>

#include "safety/policy.h"

namespace lifeline::api {

// The policy in force, and where it is from.
struct PolicyInForce {
    safety::Policy policy = safety::Policy::standard();
    std::string file;     // The configuration's; empty where it names none.
    bool stored = false;  // Put while a server ran, and kept in the journal.
    std::string by;       // Of a stored one.
    std::string reason;
};

}  // namespace lifeline::api
