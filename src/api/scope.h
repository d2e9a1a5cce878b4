#pragma once

#include <string>

#include "identity/principal.h"

namespace lifeline::api {

// Which calls a caller sees in a list: those of an account, those that a user takes part in, or,
// where both are empty, all.
struct Scope {
    std::string account_id;
    std::string user_id;
};

// Operators, auditors and services see their account's; an admin sees all; others their own.
inline Scope scope_of(const identity::Principal& principal) {
    using contract::Role;
    if (principal.role == Role::admin) return {};
    if (principal.role == Role::operator_ || principal.role == Role::auditor ||
        principal.role == Role::service)
        return {.account_id = principal.account_id, .user_id = {}};
    return {.account_id = {}, .user_id = principal.user_id};
}

}  // namespace lifeline::api
