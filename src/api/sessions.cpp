#include <fmt/format.h>

#include <algorithm>

#include "api/admission.h"
#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/idempotency.h"
#include "api/routes.h"
#include "api/scope.h"
#include "api/session_view.h"
#include "base/id.h"
#include "contract/limits.h"
#include "identity/connect_token.h"
#include "roster/roster.h"

namespace lifeline::api {

namespace {

using contract::BodyType;
using contract::Role;

constexpr Millis connect_token_lives{contract::limits::connect_token_ttl_ms};

// {session, connect{url, token, expiresAt}}
std::string with_connect(Api& api, const Asked& asked, const call::State& state, Role role,
                         Millis lives) {
    identity::Principal bound = asked.principal;
    bound.call = identity::CallBinding{state.id, role};
    const WallTime now = api.parts().clock.wall();
    const std::string token = api.connect_tokens().mint(bound, now, lives);
    std::string url = api.base_url(asked.client());
    if (url.starts_with("http")) url.replace(0, 4, "ws");
    contract::JsonWriter json;
    json.object();
    json.key("session");
    write_session(json, state);
    json.key("connect").object();
    json.key("url").value(fmt::format("{}/v1/call/sessions/{}/ws", url, state.id));
    json.key("token").value(token);
    json.key("expiresAt").value(format_rfc3339(std::min(now + lives, bound.expires_at)));
    json.end();
    json.end();
    return json.take();
}

Result<call::Create> read_create(Api& api, const Asked& asked, const contract::Body& body) {
    namespace f = contract::body::create_session;
    const auto& defaults = api.parts().defaults;
    const auto text = [&](contract::Field name) {
        return body.has(name) ? std::string(body.text(name)) : std::string();
    };
    const auto millis = [&](contract::Field name, Millis otherwise) {
        return body.has(name) ? Millis{body.integer(name)} : otherwise;
    };
    const auto& principal = asked.principal;
    const bool trusted = principal.role == Role::service || principal.role == Role::admin ||
                         principal.role == Role::operator_;
    call::Create create;
    create.asked_json = body.json();
    create.owner_id = text(f::owner_id);
    if (create.owner_id.empty()) create.owner_id = principal.user_id;
    if (create.owner_id != principal.user_id && !trusted)
        return fail(Code::not_allowed, "forbidden", "only a service may name another owner",
                    "/ownerId");
    create.account_id = principal.account_id;
    create.channel = body.has(f::channel) ? text(f::channel) : "voice";
    create.direction = body.has(f::direction) ? text(f::direction) : "outbound";
    create.provider = text(f::provider);
    create.correlation_id = text(f::correlation_id);
    create.continues = text(f::continues);
    // An app may demand it too, never take it off.
    create.recording_consent_required =
        defaults.consent.is_made_by(principal.account_id) ||
        (body.has(f::recording_consent_required) && body.flag(f::recording_consent_required));
    if (body.has(f::metadata)) create.metadata_json = body.raw(f::metadata);
    if (body.has(f::config)) create.config_json = body.raw(f::config);
    create.connect_timeout = millis(f::connect_timeout_ms, defaults.connect_timeout);
    create.max_duration = millis(f::max_duration_ms, defaults.max_duration);
    create.reconnect_window =
        millis(f::reconnect_window_ms, create.provider.empty() ? defaults.reconnect_window
                                                               : defaults.reconnect_window_media);
    create.members.push_back({create.owner_id, Role::user, principal.display_name});
    // Somebody else's name is not ours to give, and one that no event could hold is none.
    if (create.owner_id != principal.user_id || principal.display_name.size() > 128)
        create.members.back().name.clear();
    if (body.has(f::participants)) {
        auto members = read_members(body.raw(f::participants));
        if (!members) return fail(members.error());
        for (auto& member : *members)
            if (member.user_id != create.owner_id) create.members.push_back(std::move(member));
    }
    return create;
}

void add_the_agent(const Development& development, call::Create& create) {
    if (!development.enabled || development.agent_user_id.empty()) return;
    for (const auto& member : create.members)
        if (member.role == Role::agent) return;
    create.members.push_back({development.agent_user_id, Role::agent, development.agent_name});
}

// The server's own agents: by their own name when they were asked for, and those that join all.
void add_hosted(const Api& api, call::Create& create) {
    for (const HostedAgent& agent : api.hosted_agents()) {
        const auto asked = std::ranges::find(create.members, agent.user_id, &call::Member::user_id);
        if (asked != create.members.end()) {
            if (asked->role == Role::agent && asked->name.empty()) asked->name = agent.display_name;
        } else if (agent.joins_all) {
            create.members.push_back({agent.user_id, Role::agent, agent.display_name});
        }
    }
}

// Of a call to be made: chosen by who asks, or by nobody.
struct NewId {
    std::string id;
    bool named = false;
};

NewId new_call_id(Api& api, const Asked& asked, const contract::Body& body,
                  const std::string& key) {
    namespace f = contract::body::create_session;
    if (body.has(f::session_id)) return {std::string(body.text(f::session_id)), true};
    if (!key.empty()) return {derived_id("sess_", asked.principal, "create_session", key), true};
    return {new_id("sess_", api.parts().clock.wall(), api.parts().random)};
}

void answer_created(Api& api, Asked asked, std::string id) {
    asked.captures = {id};
    auto principal = asked.principal;
    Loop& loop = asked.loop();
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<std::string>(
        id, loop,
        [&api, keep, principal](session::Actor& actor) -> Result<std::string> {
            const auto role = authorize(actor.state(), principal, Need::read);
            if (!role) return fail(role.error());
            return with_connect(api, *keep, actor.state(), *role, connect_token_lives);
        },
        [keep](Result<std::string> json) {
            if (!json) return keep->refuse(json.error());
            keep->answer_json(201, std::move(*json));
        });
}

void submit_create(Api& api, Asked asked, call::Create create, NewId id) {
    add_hosted(api, create);
    const contract::Actor actor{std::string(contract::to_text(asked.principal.role)),
                                asked.principal.user_id};
    const Role role = asked.principal.role;
    Loop& loop = asked.loop();
    Making making{.id = id.id,
                  .account_id = create.account_id,
                  .command = {std::move(create), actor, role},
                  .named = id.named};
    auto keep = std::make_shared<Asked>(std::move(asked));
    make_call(api.parts().sessions, api.parts().budgets, std::move(making), loop,
              [&api, keep, id = id.id](const Result<session::Receipt>& receipt) {
                  if (!receipt) return keep->refuse(receipt.error());
                  answer_created(api, std::move(*keep), id);
              });
}

// What is taken over of a call that is carried on.
struct Before {
    std::vector<call::Member> members;
    bool recording_consent_required = false;
};

// Who was in it, but for the new one's owner and for operators, who come by their own right. The
// call must be theirs to see, and over.
Result<Before> those_of(const call::State& before, const identity::Principal& principal,
                        const std::string& owner_id) {
    if (const auto role = authorize(before, principal, Need::read); !role)
        return fail(role.error());
    if (!before.over())
        return fail(Code::conflict, "illegal_transition",
                    "a call that is still open is joined, not carried on", "/continues");
    Before taken{.members = {}, .recording_consent_required = before.recording_consent_required};
    for (const auto& one : before.participants)
        if (!one.removed && one.id != owner_id && one.role != Role::operator_)
            taken.members.push_back({one.id, one.role, one.name});
    return taken;
}

bool may_create(Role role) {
    return role == Role::user || role == Role::service || role == Role::operator_ ||
           role == Role::admin;
}

}  // namespace

void create_session(Api& api, Asked asked) {
    if (!may_create(asked.principal.role))
        return asked.refuse({Code::not_allowed, "forbidden", "this role may not create calls"});
    const auto body = read_body(asked, BodyType::create_session);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    auto create = read_create(api, asked, *body);
    if (!create) return asked.refuse(create.error());
    if (create->continues.empty()) add_the_agent(api.parts().development, *create);

    NewId id = new_call_id(api, asked, *body, *key);
    if (create->continues.empty())
        return submit_create(api, std::move(asked), std::move(*create), std::move(id));
    const bool names_people = body->has(contract::body::create_session::participants);
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<Before>(
        create->continues, keep->loop(),
        [principal = keep->principal, owner = create->owner_id](session::Actor& actor) {
            return those_of(actor.state(), principal, owner);
        },
        [&api, keep, create = std::move(*create), id, names_people](Result<Before> before) mutable {
            if (!before) {
                auto error = before.error();
                if (error.reason == "session_not_found") error.pointer = "/continues";
                return keep->refuse(error);
            }
            if (before->recording_consent_required) create.recording_consent_required = true;
            if (!names_people)
                for (auto& one : before->members) create.members.push_back(std::move(one));
            add_the_agent(api.parts().development, create);
            submit_create(api, std::move(*keep), std::move(create), std::move(id));
        });
}

void get_session(Api& api, Asked asked) {
    answer_from_call(api, std::move(asked), 200,
                     [](session::Actor& actor) { return session_json(actor.state()); });
}

void change_state(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::change_state);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::change_state;
    const auto text = [&](contract::Field name) {
        return body->has(name) ? std::string(body->text(name)) : std::string();
    };
    call::SetStatus change;
    const auto wanted = body->text(f::status);
    change.wanted = wanted == "active"  ? call::Status::active
                    : wanted == "ended" ? call::Status::ended
                                        : call::Status::failed;
    change.provider = text(f::provider);
    change.provider_ids = {text(f::provider_room_id), text(f::provider_call_id),
                           text(f::provider_participant_id)};
    change.reason = text(f::reason);
    change.detail = text(f::detail);
    command(api, std::move(asked), std::move(change),
            [&api](Asked done, const session::Receipt&) { get_session(api, std::move(done)); });
}

void connect(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::connect);
    if (!body) return asked.refuse(body.error());
    const Millis lives = body->has(contract::body::connect::ttl_ms)
                             ? Millis{body->integer(contract::body::connect::ttl_ms)}
                             : connect_token_lives;
    const std::string id = asked.session_id();
    Loop& loop = asked.loop();
    auto keep = std::make_shared<Asked>(std::move(asked));
    struct Looked {
        std::string json;
        std::string terminal;
    };
    api.parts().sessions.look<Looked>(
        id, loop,
        [&api, keep, lives](session::Actor& actor) -> Result<Looked> {
            const auto role = authorize(actor.state(), keep->principal, Need::read);
            if (!role) return fail(role.error());
            if (actor.state().over()) return Looked{"", actor.state().terminal_json};
            return Looked{with_connect(api, *keep, actor.state(), *role, lives), ""};
        },
        [keep](Result<Looked> looked) {
            if (!looked) return keep->refuse(looked.error());
            if (looked->json.empty())
                return keep->refuse({Code::gone, "session_over", "the call is over"},
                                    looked->terminal);
            keep->answer_json(200, std::move(looked->json));
        });
}

void list_sessions(Api& api, Asked asked) {
    const auto& request = asked.request();
    roster::RosterQuery query;
    const Scope scope = scope_of(asked.principal);
    query.account_id = scope.account_id;
    query.user_id = scope.user_id;
    if (const auto* status = request.query("status")) {
        for (const std::string_view known : {"created", "active", "ended", "failed", "open"})
            if (*status == known) query.status = known;
        if (query.status.empty())
            return asked.refuse({Code::malformed, "query_invalid", "no such status", "/status"});
    }
    if (const auto* follow = request.query("follow"); follow != nullptr && *follow == "1")
        return follow_sessions(api, std::move(asked), std::move(query));
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, INT64_MAX);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(request, "limit", 1, 500, 50);
    if (!limit) return asked.refuse(limit.error());
    query.before = static_cast<std::uint64_t>(*cursor);
    query.limit = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().roster.list(
        std::move(query), loop,
        [asked = std::move(asked),
         limit = *limit](Result<std::vector<roster::RosterRow>> rows) mutable {
            if (!rows) return asked.refuse(rows.error());
            contract::JsonWriter json;
            json.object().key("sessions").array();
            for (const auto& row : *rows) write_roster_row(json, row);
            json.end();
            if (rows->size() == static_cast<std::size_t>(limit))
                json.key("next").value(fmt::format("{}", rows->back().position));
            json.end();
            asked.answer_json(200, json.take());
        });
}

}  // namespace lifeline::api
