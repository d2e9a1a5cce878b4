#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "safety/verdict.h"

namespace lifeline::app {

// A question for a policy and the answer that somebody expects: one of `[[cases]]`.
struct PolicyCase {
    std::string name;
    std::string action;
    contract::Risk risk = contract::Risk::high_risk_external_send;
    contract::Role role = contract::Role::agent;
    std::string requester;
    std::string session;
    std::string account;
    std::string args = "{}";
    std::int64_t count_in_call = 0;
    std::optional<safety::DayCounts> day_counts = {};
    std::vector<safety::Consent> consents;
    safety::Outcome expect = safety::Outcome::deny;
    std::string rule;  // which must have decided; empty: any

    // Borrows from this.
    safety::Question question() const;
};

// `policy_invalid`, naming the case and the field.
Result<std::vector<PolicyCase>> read_policy_cases(std::string_view json);

}  // namespace lifeline::app
