#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/secret.h"
#include "identity/instance_keys.h"
#include "identity/principal.h"

namespace lifeline::identity {

inline constexpr std::string_view connect_token_prefix = "llc_";

// Connect tokens open one socket to one call and do nothing else: made by REST for somebody who
// showed a real token, shown by a browser a moment later. A MAC over what it says, so nothing is
// stored; it lives for seconds, and the socket it opened lives on to the principal's own expiry,
// which it carries. It also carries what the real token was (the key, or the issuer and its
// subject), so that the directory can be asked about its holder again when it is shown. Immutable;
// any thread may use it.
class ConnectTokens {
public:
    explicit ConnectTokens(const InstanceKeys& keys) : key_(keys.derive("connect token")) {}

    // `principal.call` says which call. The token is never good for longer than the principal.
    std::string mint(const Principal& principal, WallTime now, Millis ttl) const;
    // The principal as it was, its `call` always set. Whether its holder still has business here
    // is the directory's to say.
    Result<Principal> verify(std::string_view token, WallTime now) const;

private:
    Secret<Digest> key_;
};

}  // namespace lifeline::identity
