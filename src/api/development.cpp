#include <fmt/format.h>

#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "identity/access_token.h"
#include "identity/development.h"

namespace lifeline::api {

namespace {

constexpr Millis token_lives = std::chrono::hours(1);

// Development mode is only there for a browser on this machine; for everybody else the addresses do
// not exist.
bool may_mint(Api& api, const Asked& asked) {
    if (!api.parts().development.enabled) return false;
    const auto why_not =
        identity::why_not_mint({.peer_is_loopback = asked.peer().address.is_loopback(),
                                .listen_port = api.parts().port(),
                                .headers = asked.request().headers});
    if (why_not) log::info("request={} no development token: {}", asked.request().id, *why_not);
    return !why_not;
}

}  // namespace

void development(Api& api, Asked asked) {
    if (!may_mint(api, asked))
        return asked.refuse({Code::not_found, "route_not_found", "there is nothing here"});
    const auto& development = api.parts().development;
    contract::JsonWriter json;
    json.object();
    json.key("enabled").value(true);
    json.key("agent");
    if (development.agent_user_id.empty()) {
        json.raw("null");
    } else {
        json.object();
        json.key("name").value(development.agent_name);
        json.key("userId").value(development.agent_user_id);
        json.key("scripted").value(true);
        json.end();
    }
    json.end();
    asked.answer_json(200, json.take());
}

void development_token(Api& api, Asked asked) {
    if (!may_mint(api, asked))
        return asked.refuse({Code::not_found, "route_not_found", "there is nothing here"});
    const auto body = read_body(asked, contract::BodyType::development_token);
    if (!body) return asked.refuse(body.error());
    const std::string name(body->text(contract::body::development_token::name));
    // The same name is the same person, so that a reload comes back as itself.
    const Digest digest = sha256("development:" + name);
    const WallTime now = api.parts().clock.wall();
    identity::Principal principal;
    principal.user_id = "usr_dev_" + to_hex({digest.data(), 8});
    principal.account_id = api.parts().development.account_id;
    principal.role = contract::Role::user;
    principal.display_name = name;
    principal.expires_at = now + token_lives;
    const auto token = identity::mint_access_token(api.parts().keys, principal, now);
    contract::JsonWriter json;
    json.object();
    json.key("token").value(token);
    json.key("userId").value(principal.user_id);
    json.key("accountId").value(principal.account_id);
    json.key("expiresAt").value(format_rfc3339(principal.expires_at));
    json.end();
    asked.answer_json(201, json.take());
}

}  // namespace lifeline::api
