#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "contract/event.h"

namespace lifeline::audit {

// One thing that was decided about what an agent wanted: judged, allowed, blocked, asked, answered,
// granted or switched off; or by a person about an account's money. Nothing of what it was about is
// in it; that stands in the call, at `seq`.
struct Decision {
    std::uint64_t position = 0;  // The order of the list, and its cursor.
    std::string session_id;
    std::uint64_t seq = 0;
    std::string account_id;  // Of a call filled in by the store, which knows whose it is.
    std::string at;          // When it was recorded.
    std::string type;        // Of its event: "safety.evaluated".
    std::string action_id;
    std::string confirmation_id;
    std::string decision_id;
    std::string outcome;  // allow, deny, require_confirmation; approve, edit, deny; a cause
    std::string policy_id;
    std::string policy_version;
    std::string rules;         // With spaces between.
    std::string inputs_hash;   // Of all that was looked at, of an evaluation.
    std::string requested_by;  // Who wanted what was judged.
    std::string by_kind;       // Who decided; the server where a policy did.
    std::string by_id;
};

// Nothing for events that decide nothing.
std::optional<Decision> decision_of(const contract::Event& event);

struct DecisionQuery {
    std::string account_id;             // Empty: of all accounts.
    std::string session_id;             // Empty: of all its calls.
    std::string type;                   // Empty: of all types.
    std::string outcome;                // Empty: whatever came out.
    std::uint64_t before = UINT64_MAX;  // From the newest to the oldest.
    std::size_t limit = 50;
};

}  // namespace lifeline::audit
