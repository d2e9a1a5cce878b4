#pragma once

#include <optional>
#include <string>

#include "call/state.h"
#include "contract/role.h"

namespace lifeline::call {

// Somebody who asks about a call.
struct Caller {
    std::string user_id;
    std::string account_id;
    contract::Role role = contract::Role::user;
    // By a token that is good for this call alone: a guest's, or one that opens a socket.
    bool bound = false;
};

// The role this caller has in this call, or nullopt where the call does not exist for them: a
// stranger learns nothing, not even that. Users, agents and viewers are in a call or are strangers
// to it; services, operators and auditors see the calls of their account, an admin every call. Who
// is bound to the call and was removed from it is a stranger, whatever else the token says.
std::optional<contract::Role> role_in(const State& state, const Caller& caller);

// Whether the account itself gives that role, so that no list of participants can take it away.
bool by_account(const Caller& caller);

// Whether that role may change anything at all.
bool may_write(contract::Role role);

}  // namespace lifeline::call
