#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "identity/principal.h"

// What an administrator has taken away. From then on no token that rests on it opens anything; what
// is open already in somebody's name is for others to close, and this is what they are told.
namespace lifeline::identity {

struct KeyRevoked {
    std::string key_id;
    friend bool operator==(const KeyRevoked&, const KeyRevoked&) = default;
};
struct AccountDisabled {
    std::string account_id;
    friend bool operator==(const AccountDisabled&, const AccountDisabled&) = default;
};
// Or linked to another user: what was shown in this name spoke for `user_id`.
struct IdentityUnlinked {
    std::string issuer;
    std::string subject;
    std::string user_id;
    friend bool operator==(const IdentityUnlinked&, const IdentityUnlinked&) = default;
};
using Revocation = std::variant<KeyRevoked, AccountDisabled, IdentityUnlinked>;

using OnRevoked = std::function<void(const Revocation&)>;

// Whether it is this principal's right to be here that was taken away; also when their token was
// exchanged for another since.
bool concerns(const Revocation& revocation, const Principal& principal);

// What a connection that is closed for it is told.
Error refusal_of(const Revocation& revocation);

// What these changes take away from how the directory was before them.
std::vector<Revocation> revocations_of(const Directory& before, const DirectoryChanges& changes);

}  // namespace lifeline::identity
