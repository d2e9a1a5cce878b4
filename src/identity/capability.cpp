#include "identity/capability.h"

#include <algorithm>

#include "contract/json_writer.h"
#include "contract/reason.h"
#include "identity/jws.h"
#include "identity/sealed_body.h"
#include "identity/sealed_token.h"

namespace lifeline::identity {

Capabilities::Made Capabilities::mint(const Grant& grant, const Principal& maker, WallTime now,
                                      Millis ttl) const {
    const WallTime until = std::min(now + ttl, maker.expires_at);
    contract::JsonWriter json;
    json.object();
    json.key("session").value(grant.session_id);
    json.key("agent").value(grant.agent_id);
    json.key("name").value(grant.agent_name);
    json.key("account").value(maker.account_id);
    json.key("maker").value(maker.user_id);
    json.key("key").value(maker.key_id);
    json.key("issuer").value(maker.issuer);
    json.key("subject").value(maker.subject);
    json.key("until").value(until.time_since_epoch().count());
    json.end();
    return {seal(capability_prefix, json.take(), key_.reveal()), until};
}

Result<Capabilities::Shown> Capabilities::verify(std::string_view token, WallTime now) const {
    const auto json = unseal(capability_prefix, "capability", token, key_.reveal());
    if (!json) return fail(json.error());
    SealedBody fields(*json);
    Shown shown;
    Principal& agent = shown.agent;
    agent.role = contract::Role::agent;
    agent.call = CallBinding{fields.text("session"), contract::Role::agent};
    agent.user_id = fields.text("agent");
    agent.display_name = fields.text("name");
    agent.account_id = fields.text("account");
    agent.key_id = fields.text("key");
    agent.issuer = fields.text("issuer");
    agent.subject = fields.text("subject");
    agent.expires_at = fields.moment("until");
    shown.maker_id = fields.text("maker");
    if (!fields.whole()) return token_invalid("a capability of another version");
    if (now >= agent.expires_at)
        return contract::refuse(contract::reason::token_expired, "the capability has expired");
    return shown;
}

}  // namespace lifeline::identity
