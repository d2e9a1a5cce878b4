#include <fmt/format.h>

#include <algorithm>

#include "call/action_rules.h"
#include "call/deadlines.h"
#include "call/payload.h"
#include "call/rules.h"
#include "call/server_id.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_pointer.h"

// "Always allow", as an explicit and bounded row: one type of action, the same values where it says
// so, so many times, until then. It takes the place of a question that the policy would have asked
// the owner; what the policy denies, what an operator is asked about and what is of high risk stays
// as it is.
namespace lifeline::call::rules {

namespace {

constexpr std::size_t grants_max = 64;
constexpr std::size_t constraint_bytes_max = 4096;

constexpr bool grantable(contract::Risk risk) {
    return risk != contract::Risk::high_risk_external_send;
}

Result<void> may_be_constraint(std::string_view json) {
    const auto wanted = contract::Json::parse(json);
    if (!wanted || !wanted->is_object() || json.size() > constraint_bytes_max)
        return fail(Code::malformed, "out_of_range", "a constraint has at most 4096 bytes",
                    "/constraint");
    for (const auto& [pointer, value] : wanted->members())
        if (!contract::pointer_steps(pointer))
            return fail(Code::malformed, "bad_format", "its keys are JSON pointers", "/constraint");
    return {};
}

// What stands at each pointer is what was granted, spelled however it may be.
bool fulfils(const contract::Json& args, const contract::Json& constraint) {
    return std::ranges::all_of(constraint.members(), [&](const auto& member) {
        const auto at = contract::find_at(args, member.key);
        return at && contract::canonical_json(*at) == contract::canonical_json(member.value);
    });
}

}  // namespace

const Grant* grant_for(const State& state, const Action& action, WallTime now) {
    if (!grantable(action.risk)) return nullptr;
    const auto args = contract::Json::parse(action.args_json);
    if (!args) return nullptr;
    const auto found = std::ranges::find_if(state.grants, [&](const Grant& grant) {
        if (grant.revoked || grant.action_type != action.type || now >= grant.expires_at)
            return false;
        // The use that this action was counted as is its own.
        if (grant.uses >= grant.uses_max && action.grant_id != grant.id) return false;
        const auto constraint = contract::Json::parse(grant.constraint_json);
        return constraint && fulfils(*args, *constraint);
    });
    return found == state.grants.end() ? nullptr : &*found;
}

Result<Decision> create_grant(const State& state, const CreateGrant& command, const Command& from,
                              WallTime now, const Judge& judge) {
    if (state.over())
        return fail(Code::gone, "session_over",
                    fmt::format("the call is {}", to_text(state.status)));
    if (const auto here = in_the_call(state, from); !here) return fail(here.error());
    if (from.actor.id != state.owner_id || from.role != contract::Role::user)
        return fail(Code::not_allowed, "forbidden", "only the owner of the call grants");
    const auto tool = judge.tool(command.action_type);
    if (!tool || !grantable(tool->risk))
        return fail(Code::not_allowed, "grant_forbidden",
                    tool ? "what is of high risk is always asked about" : "no such action",
                    "/actionType");
    if (const auto sound = may_be_constraint(command.constraint_json); !sound)
        return fail(sound.error());
    const std::string constraint = contract::canonical_json(command.constraint_json);
    if (const Grant* known = state.grant(command.grant_id)) {
        if (known->action_type == command.action_type && known->uses_max == command.uses_max &&
            known->constraint_json == constraint)
            return Decision{};
        return fail(Code::conflict, "id_conflict",
                    "this Idempotency-Key was used for another grant");
    }
    if (state.grants.size() >= grants_max)
        return fail(
            Code::overloaded, "limit_exceeded",
            fmt::format("this call has had all its {} grants: answer what is asked, or go on "
                        "in a new call",
                        grants_max));
    return Decision{
        {{server_id("grant", command.grant_id), contract::EventType::safety_grant_created,
          Payload()
              .text("grantId", command.grant_id)
              .text("actionType", command.action_type)
              .raw("constraint", constraint)
              .integer("maxUses", command.uses_max)
              .text("expiresAt", format_rfc3339(later(now, command.lives)))
              .text("by", from.actor.id)
              .take()}}};
}

Result<Decision> revoke_grant(const State& state, const RevokeGrant& command, const Command& from) {
    if (const auto allowed = may_manage(state, from); !allowed) return fail(allowed.error());
    const Grant* grant = state.grant(command.grant_id);
    if (grant == nullptr)
        return fail(Code::not_found, "grant_not_found", "no such grant in this call");
    if (grant->revoked || state.over()) return Decision{};
    return Decision{{{server_id("grant_over", grant->id), contract::EventType::safety_grant_revoked,
                      Payload().text("grantId", grant->id).text("by", from.actor.id).take()}}};
}

}  // namespace lifeline::call::rules
