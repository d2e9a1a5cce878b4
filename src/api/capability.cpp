#include "identity/capability.h"

#include <fmt/format.h>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/routes.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::api {

namespace {

using contract::refuse;
using contract::Role;
namespace reason = contract::reason;

constexpr Millis capability_lives = std::chrono::hours(4);  // As long as a call, by default.

// Whose call it is, and who runs the account, may let an agent act; an agent itself, for itself.
bool may_hand_out(const call::State& state, const identity::Principal& principal, Role role,
                  const std::string& agent_id) {
    return principal.user_id == state.owner_id || role == Role::operator_ ||
           role == Role::service || role == Role::admin ||
           (role == Role::agent && principal.user_id == agent_id);
}

Result<const call::Participant*> agent_of(const call::State& state, const std::string& user_id) {
    const call::Participant* found = nullptr;
    for (const call::Participant& one : state.participants) {
        if (one.removed || one.role != Role::agent) continue;
        if (!user_id.empty() && one.id != user_id) continue;
        if (found != nullptr) return refuse(reason::agent_not_named, {}, "/userId");
        found = &one;
    }
    if (found != nullptr) return found;
    return user_id.empty()
               ? refuse(reason::agent_not_named, "this call has no agent", "/userId")
               : refuse(reason::participant_not_found, "no agent of this call", "/userId");
}

struct Asking {
    identity::Principal principal;
    std::string user_id = {};  // Empty: the only agent there is.
    Millis lives = capability_lives;
    std::string url;
};

Result<std::string> hand_out(Api& api, const call::State& state, const Asking& asking) {
    const auto role = authorize(state, asking.principal, Need::read);
    if (!role) return fail(role.error());
    if (state.over()) return refuse(reason::session_over);
    const auto agent = agent_of(state, asking.user_id);
    const std::string agent_id = agent ? (*agent)->id : asking.user_id;
    if (!may_hand_out(state, asking.principal, *role, agent_id))
        return refuse(reason::forbidden,
                      "the call's owner, an operator or a service hands these out");
    if (!agent) return fail(agent.error());
    const auto made =
        api.capabilities().mint({state.id, (*agent)->id, (*agent)->name}, asking.principal,
                                api.parts().clock.wall(), asking.lives);
    contract::JsonWriter json;
    json.object();
    json.key("token").value(made.token);
    json.key("url").value(asking.url);
    json.key("userId").value((*agent)->id);
    json.key("expiresAt").value(format_rfc3339(made.expires_at));
    json.end();
    return json.take();
}

}  // namespace

void create_capability(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::create_capability);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::create_capability;
    Asking asking{.principal = asked.principal,
                  .url = fmt::format("{}/mcp", api.base_url(asked.client()))};
    if (body->has(f::user_id)) asking.user_id = body->text(f::user_id);
    if (body->has(f::ttl_ms)) asking.lives = Millis{body->integer(f::ttl_ms)};
    // Who asks for itself need not say so.
    if (asking.user_id.empty() && asking.principal.role == Role::agent)
        asking.user_id = asking.principal.user_id;
    const std::string id = asked.session_id();
    Loop& loop = asked.loop();
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<std::string>(
        id, loop,
        [&api, asking = std::move(asking)](session::Actor& actor) {
            return hand_out(api, actor.state(), asking);
        },
        [keep](Result<std::string> json) {
            if (!json) return keep->refuse(json.error());
            keep->answer_json(201, std::move(*json));
        });
}

}  // namespace lifeline::api
