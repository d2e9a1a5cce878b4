#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "identity/instance_keys.h"
#include "identity/jws.h"
#include "identity/principal.h"

// Access tokens that this instance makes itself: for `lifeline token`, for development mode, and
// for guests who came by an invite. A JWT signed with the instance's Ed25519 key, which says
// everything about its principal; any program that fetched our public keys can check one too.
namespace lifeline::identity {

// Lives until the principal's `expires_at`.
std::string mint_access_token(const InstanceKeys& keys, const Principal& principal, WallTime now);

// Whether the header names our key, so that it is for `verify_access_token` to judge.
bool is_own_access_token(const InstanceKeys& keys, const CompactJws& token);

Result<Principal> verify_access_token(const InstanceKeys& keys, const CompactJws& token,
                                      WallTime now);

}  // namespace lifeline::identity
