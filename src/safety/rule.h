#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "contract/role.h"
#include "safety/condition.h"
#include "safety/verdict.h"

namespace lifeline::safety {

// When a rule applies: all of these at once; one that is not there asks for nothing.
struct When {
    struct ConsentIs {
        std::string subject;
        std::vector<std::string> states;  // `missing` where nobody was asked
    };

    std::vector<std::string> actions;  // globs
    std::vector<std::string> accounts;
    std::optional<std::array<bool, 3>> risks;  // by Risk
    std::optional<contract::RoleSet> roles;
    std::optional<std::int64_t> count_over;
    std::optional<std::int64_t> day_count_over;          // In calls of the same owner.
    std::optional<std::int64_t> account_day_count_over;  // In all calls of the account.
    std::optional<ConsentIs> consent;
    std::vector<Condition> arguments;
};

struct Rule {
    std::string name;
    When when;
    std::string when_text;  // for people
    Outcome then = Outcome::deny;
    bool acknowledge_risk = false;  // allow: also what sends and cannot be taken back
    std::string message;
    std::optional<Severity> severity;
    std::string confirm_by = "owner";
    std::optional<Millis> confirm_within;
    bool may_edit = true;
    bool by_voice = false;
};

}  // namespace lifeline::safety
