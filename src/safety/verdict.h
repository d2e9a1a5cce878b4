#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "contract/risk.h"
#include "contract/role.h"

namespace lifeline::safety {

enum class Outcome : std::uint8_t { allow, deny, confirm };
enum class Severity : std::uint8_t { info, warning, critical };

std::string_view to_text(Outcome outcome);
std::optional<Outcome> outcome_from(std::string_view text);
std::string_view to_text(Severity severity);
std::optional<Severity> severity_from(std::string_view text);

// How strict: allow, then confirm, then deny.
inline int strictness(Outcome outcome) {
    return outcome == Outcome::allow ? 0 : outcome == Outcome::confirm ? 1 : 2;
}

struct Consent {
    std::string subject;  // recording, processing, outreach
    std::string state;    // granted, denied, withdrawn
};

// How many actions of a type were accepted on this day (UTC), the one that is judged included.
struct DayCounts {
    std::int64_t owner = 0;    // In calls of this call's owner.
    std::int64_t account = 0;  // In all calls of the account.
};

// What an external policy engine says, or that it says nothing.
struct EngineWord {
    std::optional<Outcome> outcome = {};  // Nothing: it did not answer, or not in words of ours.
    std::string rule = {};
    std::string message = {};
};

// An action that somebody wants done, and what of its call matters. Borrows everything.
struct Question {
    std::string_view action_type = {};
    contract::Risk risk = contract::Risk::high_risk_external_send;
    contract::Role role = contract::Role::agent;
    std::string_view requester_id = {};
    std::string_view session_id = {};
    std::string_view account_id = {};
    std::string_view args_json = {};  // empty: {}
    // Of this type in this call, not rejected, before this one.
    std::int64_t count_in_call = 0;
    std::span<const Consent> consents = {};
    // Nothing where they were not found out: rules that ask for them are read the stricter way.
    std::optional<DayCounts> day_counts = {};
    std::optional<EngineWord> engine = {};
};

struct Verdict {
    Outcome outcome = Outcome::deny;
    std::vector<std::string> rules =
        {};  // which decided: a rule's name, or `default:` and the risk
    // deny: the code of safety.blocked (`policy_denied`, `kill_switch`, `args_unreadable`);
    // confirm: `explicit_user_confirmation_required`.
    std::string reason = {};
    std::string message = {};  // for the person
    Severity severity = Severity::warning;
    std::string confirm_by = "owner";  // owner, user, operator
    std::optional<Millis> confirm_within = {};
    bool may_edit = true;
    bool by_voice = false;         // A spoken yes counts, too.
    std::string inputs_hash = {};  // SHA-256 of the question, in hexadecimal
};

}  // namespace lifeline::safety
