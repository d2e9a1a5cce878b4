#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/idempotency.h"
#include "api/routes.h"
#include "base/id.h"
#include "contract/json_writer.h"

// What the owner of a call allows without being asked, within bounds.
namespace lifeline::api {

namespace {

constexpr std::int64_t uses_default = 100;

void write_grant(contract::JsonWriter& json, const call::Grant& grant) {
    json.object();
    json.key("grantId").value(grant.id);
    json.key("actionType").value(grant.action_type);
    json.key("constraint").raw(grant.constraint_json);
    json.key("maxUses").value(grant.uses_max);
    json.key("uses").value(grant.uses);
    json.key("expiresAt").value(format_rfc3339(grant.expires_at));
    if (grant.revoked) json.key("revoked").value(true);
    json.key("by").value(grant.by);
    json.end();
}

}  // namespace

void list_grants(Api& api, Asked asked) {
    answer_from_call(api, std::move(asked), 200, [](session::Actor& actor) {
        contract::JsonWriter json;
        json.object().key("grants").array();
        for (const call::Grant& grant : actor.state().grants) write_grant(json, grant);
        json.end();
        json.end();
        return json.take();
    });
}

void create_grant(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::create_grant);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::create_grant;
    const std::string id =
        key->empty() ? new_id("grt_", api.parts().clock.wall(), api.parts().random)
                     : derived_id("grt_", asked.principal, asked.session_id() + "/grants", *key);
    call::CreateGrant create;
    create.grant_id = id;
    create.action_type = body->text(f::action_type);
    create.constraint_json = body->has(f::constraint) ? body->raw(f::constraint) : "{}";
    create.uses_max = body->has(f::max_uses) ? body->integer(f::max_uses) : uses_default;
    create.lives = Millis{body->integer(f::ttl_ms)};
    command(api, std::move(asked), std::move(create),
            [&api, id](Asked done, const session::Receipt&) {
                answer_from_call(api, std::move(done), 201, [id](session::Actor& actor) {
                    contract::JsonWriter json;
                    if (const call::Grant* grant = actor.state().grant(id))
                        write_grant(json, *grant);
                    return json.take();
                });
            });
}

void revoke_grant(Api& api, Asked asked) {
    const std::string id = asked.captures.at(1);
    command(api, std::move(asked), call::RevokeGrant{id},
            [](Asked done, const session::Receipt&) { done.answer_nothing(); });
}

}  // namespace lifeline::api
