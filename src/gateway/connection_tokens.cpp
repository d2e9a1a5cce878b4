#include <utility>

#include "call/access.h"
#include "gateway/call_room.h"
#include "gateway/connection.h"
#include "gateway/lane.h"

// The tokens of a connection: the resume token that its line goes on with, and the access token
// that it may be here by, which both are renewed on the open socket.
namespace lifeline::gateway {

std::string Connection::resume_token(WallTime now) {
    resume_until_ = now + room_.lane().resume_lifetime(room_.actor().state().reconnect_window);
    room_.lane().lines().keep_until(room_.actor().id(), admission_.line, resume_until_);
    return room_.lane().resume_tokens().mint({.session_id = room_.actor().id(),
                                              .account_id = admission_.principal.account_id,
                                              .user_id = admission_.principal.user_id,
                                              .line = admission_.line,
                                              .generation = admission_.generation,
                                              .expires_at = resume_until_});
}

void Connection::heard_from() {
    if (std::exchange(heard_of_, true) || !admission_.continues) return;
    room_.lane().lines().heard(room_.actor().id(), admission_.line, *admission_.continues);
}

// A new access token on the open socket. It is judged as at an upgrade; until it holds, the old one
// counts.
void Connection::refresh(std::string token) {
    if (std::exchange(refreshing_, true))
        return refuse({}, Error{Code::overloaded, "too_many_in_flight", "one refresh at a time"});
    room_.lane().authenticate(std::move(token),
                              [this, alive = alive_](Result<identity::Principal> principal) {
                                  if (!*alive || !socket_) return;
                                  refreshing_ = false;
                                  refreshed(std::move(principal));
                              });
}

void Connection::refreshed(Result<identity::Principal> principal) {
    if (!principal) return refuse({}, principal.error());
    const auto& before = admission_.principal;
    if (principal->user_id != before.user_id || principal->account_id != before.account_id)
        return refuse({}, Error{Code::not_allowed, "forbidden", "this token is another user's"});
    const auto& state = room_.actor().state();
    const bool elsewhere = principal->call && principal->call->session_id != state.id;
    const auto role = call::role_in(state, {principal->user_id, principal->account_id,
                                            principal->role, principal->call.has_value()});
    if (elsewhere || !role)
        return refuse({}, Error{Code::not_found, "session_not_found", "no such call"});
    admission_.principal = std::move(*principal);
    admission_.role = *role;
    ++room_.lane().counters().refreshed;
    expiry_told_ = false;
    const WallTime now = room_.lane().loop().clock().wall();
    std::string json;
    const std::string resume = resume_token(now);
    contract::append_token(json, resume, format_rfc3339(resume_until_));
    say(json);
}

void Connection::keep_tokens_fresh(WallTime now) {
    if (!expiry_told_ && admission_.principal.expires_at - now <= limits_.expiry_warning) {
        expiry_told_ = true;
        std::string json;
        contract::append_token_expiring(json, format_rfc3339(admission_.principal.expires_at));
        say(json);
    }
    // Half its time is left: a client that loses its line now has the whole window still.
    const Millis lifetime = room_.lane().resume_lifetime(room_.actor().state().reconnect_window);
    if (socket_ && resume_until_ - now <= lifetime / 2) {
        std::string json;
        const std::string resume = resume_token(now);
        contract::append_token(json, resume, format_rfc3339(resume_until_));
        say(json);
    }
}

}  // namespace lifeline::gateway
