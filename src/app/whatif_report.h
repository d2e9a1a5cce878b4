#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/whatif_turns.h"
#include "base/clock.h"
#include "safety/policy.h"
#include "whatif/comparison.h"

namespace lifeline::app {

// What `lifeline whatif` found, for people and for programs.
struct WhatIfReport {
    std::optional<WallTime> since = {};
    bool all = false;  // Also what is the same.

    struct Decisions {
        safety::Policy policy;
        std::vector<whatif::Comparison> comparisons;
        std::size_t calls = 0;
        std::size_t erased = 0;
    };
    std::optional<Decisions> decisions = {};
    std::optional<WhatIfTurns> turns = {};

    bool differs() const;
    std::string in_words() const;
    std::string in_json() const;
};

}  // namespace lifeline::app
