#include "call/rules.h"

namespace lifeline::call::rules {

using contract::Role;

namespace {

bool trusted(Role role) {
    return role == Role::service || role == Role::operator_ || role == Role::admin ||
           role == Role::server;
}

}  // namespace

bool is_key(std::string_view id) {
    return id.starts_with("key_");
}

bool owner_is_a_person(const State& state) {
    const Participant* owner = state.participant(state.owner_id);
    return owner != nullptr && owner->role == Role::user && !is_key(state.owner_id);
}

Result<void> in_the_call(const State& state, const Command& from) {
    const bool listed_role = from.role == Role::user || from.role == Role::agent ||
                             from.role == Role::viewer || from.role == Role::operator_;
    if (!listed_role || from.by_account) return {};
    const Participant* participant = state.participant(from.actor.id);
    // An operator need not be on the list, but who was taken off it is out.
    const bool out = participant == nullptr ? from.role != Role::operator_ : participant->removed;
    if (out)
        return fail(Code::not_allowed, "forbidden", "the sender is not in this call (any more)");
    return {};
}

Result<void> may_manage(const State& state, const Command& from) {
    if (const auto here = in_the_call(state, from); !here) return here;
    // In the owner's name, but as an agent, is not the owner.
    if (trusted(from.role) || (from.role == Role::user && from.actor.id == state.owner_id))
        return {};
    return fail(Code::not_allowed, "forbidden",
                "only the call's owner, a service or an operator may do this");
}

Result<void> may_give(Role role, const Command& from, std::string pointer) {
    if (role != Role::operator_ || trusted(from.role)) return {};
    return fail(Code::not_allowed, "forbidden",
                "only a service or an operator may make somebody an operator", std::move(pointer));
}

}  // namespace lifeline::call::rules
