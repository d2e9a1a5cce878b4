#include <fmt/format.h>

#include <array>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/idempotency.h"
#include "api/routes.h"
#include "api/session_view.h"
#include "base/check.h"
#include "base/id.h"
#include "identity/access_token.h"
#include "identity/invite.h"

namespace lifeline::api {

namespace {

using contract::BodyType;
using contract::Role;

// What stands after #invite= in a link: "<sessionId>~<inviteId>~<secret>".
struct InviteText {
    std::string session_id;
    std::string invite_id;
    std::string secret;
};

std::optional<InviteText> split_invite(std::string_view text) {
    const auto first = text.find('~');
    const auto second = first == std::string_view::npos ? first : text.find('~', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return InviteText{std::string(text.substr(0, first)),
                      std::string(text.substr(first + 1, second - first - 1)),
                      std::string(text.substr(second + 1))};
}

std::unexpected<Error> invalid_invite() {
    return fail(Code::not_found, "invite_invalid", "this invite is not valid (any more)");
}

// What is in the journal, also when the request was repeated later.
std::string invite_json(Api& api, const call::State& state, const std::string& invite_id,
                        const std::string& base_url) {
    const call::Invite* invite = state.invite(invite_id);
    CHECK(invite != nullptr);
    const std::string secret = identity::invite_secret(api.parts().keys, state.id, invite_id);
    const std::string text = fmt::format("{}~{}~{}", state.id, invite_id, secret);
    contract::JsonWriter json;
    json.object();
    json.key("inviteId").value(invite_id);
    json.key("url").value(fmt::format("{}/#invite={}", base_url, text));
    json.key("secret").value(text);
    json.key("expiresAt").value(format_rfc3339(invite->expires_at));
    json.end();
    return json.take();
}

constexpr Millis guest_token_lives = std::chrono::hours(12);

}  // namespace

void add_participant(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::add_participant);
    if (!body) return asked.refuse(body.error());
    const auto role = contract::role_from(body->text(contract::body::add_participant::role));
    if (!role) return asked.refuse({Code::malformed, "unknown_value", "no such role", "/role"});
    call::Member member{std::string(body->text(contract::body::add_participant::user_id)), *role,
                        ""};
    command(api, std::move(asked), call::AddParticipant{std::move(member)},
            [&api](Asked done, const session::Receipt&) {
                answer_from_call(api, std::move(done), 201,
                                 [](session::Actor& actor) { return session_json(actor.state()); });
            });
}

void remove_participant(Api& api, Asked asked) {
    const std::string participant_id = asked.captures.at(1);
    command(api, std::move(asked), call::RemoveParticipant{participant_id, "removed"},
            [](Asked done, const session::Receipt&) { done.answer_nothing(); });
}

void create_invite(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::create_invite);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::create_invite;
    const WallTime now = api.parts().clock.wall();
    const std::string id = key->empty()
                               ? new_id("inv_", now, api.parts().random)
                               : derived_id("inv_", asked.principal, asked.session_id(), *key);
    call::CreateInvite create;
    create.invite_id = id;
    create.role = body->has(f::role) ? *contract::role_from(body->text(f::role)) : Role::user;
    create.uses = body->has(f::uses) ? body->integer(f::uses) : 1;
    create.lives = body->has(f::ttl_ms) ? Millis{body->integer(f::ttl_ms)} : std::chrono::hours(1);
    command(
        api, std::move(asked), std::move(create), [&api, id](Asked done, const session::Receipt&) {
            const std::string base = api.base_url(done.client());
            answer_from_call(api, std::move(done), 201, [&api, id, base](session::Actor& actor) {
                return invite_json(api, actor.state(), id, base);
            });
        });
}

void revoke_invite(Api& api, Asked asked) {
    const std::string invite_id = asked.captures.at(1);
    command(api, std::move(asked), call::RevokeInvite{invite_id},
            [](Asked done, const session::Receipt&) { done.answer_nothing(); });
}

// Open to whoever has the link: the secret is the token. Every redemption makes a new guest, so a
// link is not an identity that two people could share. With an Idempotency-Key the answer can be
// had again, should it get lost: the key is then as much the guest's as their token.
void redeem_invite(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::redeem_invite);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::redeem_invite;
    const auto invite = split_invite(body->text(f::secret));
    if (!invite || !identity::invite_secret_holds(api.parts().keys, invite->session_id,
                                                  invite->invite_id, invite->secret))
        return asked.refuse(invalid_invite().error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    call::RedeemInvite redeem;
    redeem.invite_id = invite->invite_id;
    redeem.guest.user_id =
        key->empty()
            ? new_id("gst_", api.parts().clock.wall(), api.parts().random)
            : derived_id("gst_", identity::Principal{},
                         fmt::format("{}~{}", invite->session_id, invite->invite_id), *key);
    if (body->has(f::display_name)) redeem.guest.name = body->text(f::display_name);
    const std::string guest_id = redeem.guest.user_id;
    const std::string guest_name = redeem.guest.name;
    const std::string session_id = invite->session_id;
    Loop& loop = asked.loop();
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.submit(
        session_id,
        {std::move(redeem), {std::string(contract::to_text(Role::user)), guest_id}, Role::user},
        loop,
        [&api, &loop, keep, session_id, guest_id, guest_name](Result<session::Receipt> receipt) {
            if (!receipt) {
                const bool hidden = receipt.error().reason == "session_not_found";
                return keep->refuse(hidden ? invalid_invite().error() : receipt.error());
            }
            api.parts().sessions.look<std::string>(
                session_id, loop,
                [&api, guest_id, guest_name](session::Actor& actor) -> Result<std::string> {
                    const auto& state = actor.state();
                    const auto* guest = state.participant(guest_id);
                    if (guest == nullptr) return invalid_invite();
                    const WallTime now = api.parts().clock.wall();
                    identity::Principal principal;
                    principal.user_id = guest_id;
                    principal.account_id = state.account_id;
                    // What a guest may do is the call's to say, for as long as it says so: nothing
                    // that the token gives could be taken away again.
                    principal.role = Role::user;
                    principal.display_name = guest_name;
                    principal.expires_at = now + guest_token_lives;
                    principal.call = identity::CallBinding{state.id, guest->role};
                    const auto token =
                        identity::mint_access_token(api.parts().keys, principal, now);
                    contract::JsonWriter json;
                    json.object().key("session");
                    write_session(json, state);
                    json.key("token").value(token);
                    json.key("userId").value(guest_id);
                    json.key("expiresAt").value(format_rfc3339(principal.expires_at));
                    json.end();
                    return json.take();
                },
                [keep](Result<std::string> json) {
                    if (!json) return keep->refuse(json.error());
                    keep->answer_json(201, std::move(*json));
                });
        });
}

}  // namespace lifeline::api
