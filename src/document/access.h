#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "contract/role.h"
#include "document/state.h"

namespace lifeline::document {

// Somebody who asks about a document.
struct Caller {
    std::string user_id;
    std::string account_id;
    contract::Role role = contract::Role::user;
    // The call in which they are, and their role in it, as whoever asks has made sure; empty where
    // they do not come by a call.
    std::string session_id;
    contract::Role role_in_call = contract::Role::viewer;
    // By a token that is good for that call alone.
    bool bound = false;
};

enum class Right : std::uint8_t {
    none,  // The document does not exist for them.
    read,
    edit,
    own,  // And share it.
};

// The owner may everything, and so may services and operators of the owner's account; who it is
// shared with what the share says, but no more than their token or their role in the call allow.
Right right_of(const State& state, const Caller& caller);

// document_not_found, or forbidden where they may read and not more.
Status may(const State& state, const Caller& caller, Right needed);

}  // namespace lifeline::document
