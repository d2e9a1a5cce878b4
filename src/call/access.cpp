#include "call/access.h"

namespace lifeline::call {

using contract::Role;

std::optional<Role> role_in(const State& state, const Caller& caller) {
    if (state.status == Status::none) return std::nullopt;
    const Participant* participant = state.participant(caller.user_id);
    if (caller.bound && participant != nullptr && participant->removed) return std::nullopt;
    switch (caller.role) {
        case Role::admin:
            return Role::admin;
        case Role::service:
        case Role::operator_:
        case Role::auditor:
            if (caller.account_id != state.account_id) return std::nullopt;
            return caller.role;
        case Role::user:
        case Role::agent:
        case Role::viewer:
            if (participant == nullptr || participant->removed) return std::nullopt;
            // A token never gives more than itself: an agent's is an agent's in every call.
            if (caller.role != Role::user) return caller.role;
            return participant->role;
        case Role::server:
            break;
    }
    return std::nullopt;
}

bool by_account(const Caller& caller) {
    return caller.role == Role::operator_ && !caller.bound;
}

bool may_write(Role role) {
    return role != Role::viewer && role != Role::auditor;
}

}  // namespace lifeline::call
