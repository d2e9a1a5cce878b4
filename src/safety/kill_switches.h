#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "safety/verdict.h"

namespace lifeline::safety {

// What somebody has stopped by hand, with the reason they gave; what is here is on. Asked before
// any policy, and again when an action is claimed.
struct KillSwitches {
    using ByName = std::map<std::string, std::string, std::less<>>;

    std::optional<std::string> global = {};
    ByName accounts = {};
    ByName sessions = {};
    ByName action_types = {};
    std::map<std::string, ByName, std::less<>> action_types_of_accounts = {};

    // A denial by `kill_switch`, whose `rules` name the switch (`kill_switch:session`); nothing
    // where none applies.
    std::optional<Verdict> stop(const Question& question) const;
};

}  // namespace lifeline::safety
