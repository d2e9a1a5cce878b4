#include "identity/connect_token.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "identity/jws.h"
#include "identity/sealed_body.h"
#include "identity/sealed_token.h"

namespace lifeline::identity {

namespace {

std::int64_t millis(WallTime time) {
    return time.time_since_epoch().count();
}

}  // namespace

std::string ConnectTokens::mint(const Principal& principal, WallTime now, Millis ttl) const {
    CHECK(principal.call.has_value());
    contract::JsonWriter json;
    json.object();
    json.key("session").value(principal.call->session_id);
    json.key("callRole").value(contract::to_text(principal.call->role));
    json.key("user").value(principal.user_id);
    json.key("account").value(principal.account_id);
    json.key("role").value(contract::to_text(principal.role));
    json.key("name").value(principal.display_name);
    json.key("key").value(principal.key_id);
    json.key("issuer").value(principal.issuer);
    json.key("subject").value(principal.subject);
    json.key("until").value(millis(std::min(now + ttl, principal.expires_at)));
    json.key("principalUntil").value(millis(principal.expires_at));
    json.end();
    return seal(connect_token_prefix, json.take(), key_.reveal());
}

Result<Principal> ConnectTokens::verify(std::string_view token, WallTime now) const {
    const auto json = unseal(connect_token_prefix, "connect token", token, key_.reveal());
    if (!json) return fail(json.error());
    SealedBody fields(*json);
    Principal principal;
    principal.call = CallBinding{fields.text("session"), fields.role("callRole")};
    principal.user_id = fields.text("user");
    principal.account_id = fields.text("account");
    principal.role = fields.role("role");
    principal.display_name = fields.text("name");
    principal.key_id = fields.text("key");
    principal.issuer = fields.text("issuer");
    principal.subject = fields.text("subject");
    principal.expires_at = fields.moment("principalUntil");
    const WallTime until = fields.moment("until");
    if (!fields.whole()) return token_invalid("a connect token of another version");
    // Our own clock made it, so there is no skew to allow for.
    if (now >= until)
        return contract::refuse(contract::reason::token_expired, "the connect token has expired");
    return principal;
}

}  // namespace lifeline::identity
