#include "document/access.h"

#include <algorithm>

namespace lifeline::document {

using contract::Role;

namespace {

Right right_by(ShareRole share) {
    if (share == ShareRole::editor) return Right::edit;
    return share == ShareRole::viewer ? Right::read : Right::none;
}

bool only_reads(Role role) {
    return role == Role::viewer || role == Role::auditor;
}

Right right_by_call(const State& state, const Caller& caller) {
    if (caller.session_id.empty()) return Right::none;
    const Right right = right_by(state.shared_with_call(caller.session_id));
    return only_reads(caller.role_in_call) ? std::min(right, Right::read) : right;
}

Right right_by_oneself(const State& state, const Caller& caller) {
    if (caller.bound || caller.account_id != state.account_id) return Right::none;
    switch (caller.role) {
        case Role::service:
        case Role::operator_:
            return Right::own;
        case Role::auditor:
            return Right::read;
        default:
            break;
    }
    if (caller.user_id == state.owner_id) return Right::own;
    return right_by(state.shared_with_user(caller.user_id));
}

}  // namespace

Right right_of(const State& state, const Caller& caller) {
    if (!state.exists()) return Right::none;
    if (caller.role == Role::server || caller.role == Role::admin) return Right::own;
    const Right right = std::max(right_by_oneself(state, caller), right_by_call(state, caller));
    return only_reads(caller.role) ? std::min(right, Right::read) : right;
}

Status may(const State& state, const Caller& caller, Right needed) {
    const Right right = right_of(state, caller);
    if (right == Right::none)
        return fail(Code::not_found, "document_not_found", "no such document");
    if (right < needed)
        return fail(Code::not_allowed, "forbidden", "this needs more than you may do here");
    return {};
}

}  // namespace lifeline::document
