#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "contract/json_writer.h"

// What is stopped beyond single calls: the instance, an account, a type of action.
namespace lifeline::api {

namespace {

using contract::Role;
using safety::StopScope;
namespace field = contract::body::change_safety_killswitch;

// What concerns the account: its own stops and those of the instance; all of them for an admin.
std::string stops_json(const safety::Switchboard& board, const std::string& account) {
    contract::JsonWriter json;
    json.object().key("switches").array();
    for (const auto& [stop, on] : board.all()) {
        if (!account.empty() && !stop.account_id.empty() && stop.account_id != account) continue;
        json.object();
        json.key("scope").value(safety::to_text(stop.scope));
        if (!stop.account_id.empty()) json.key("accountId").value(stop.account_id);
        if (!stop.action_type.empty()) json.key("actionType").value(stop.action_type);
        json.key("by").value(on.by);
        json.key("reason").value(on.reason);
        json.end();
    }
    json.end();
    json.end();
    return json.take();
}

// What the asker may stop. An operator's account is their own, named or not.
Result<safety::Stop> may_stop(safety::Stop stop, const identity::Principal& principal) {
    if (!principal.call && principal.role == Role::admin) return stop;
    if (principal.call || principal.role != Role::operator_)
        return fail(Code::not_allowed, "forbidden", "only an admin, or an operator of the account");
    if (stop.scope == StopScope::instance)
        return fail(Code::not_allowed, "forbidden", "only an admin stops the instance", "/scope");
    if (stop.account_id.empty()) stop.account_id = principal.account_id;
    if (stop.account_id == principal.account_id) return stop;
    return fail(Code::not_allowed, "forbidden", "an operator stops their own account's",
                "/accountId");
}

Result<safety::Stop> read_stop(const contract::Body& body) {
    safety::Stop stop;
    stop.scope = *safety::stop_scope_from(body.text(field::scope));  // As its schema has checked.
    if (body.has(field::account_id)) stop.account_id = body.text(field::account_id);
    if (body.has(field::action_type)) stop.action_type = body.text(field::action_type);
    const bool of_type = stop.scope == StopScope::action_type;
    if (of_type && stop.action_type.empty())
        return fail(Code::malformed, "missing_field", "of which type", "/actionType");
    if (!of_type && !stop.action_type.empty())
        return fail(Code::malformed, "unknown_field", "comes with action_type", "/actionType");
    if (stop.scope == StopScope::instance && !stop.account_id.empty())
        return fail(Code::malformed, "unknown_field", "the instance has all accounts",
                    "/accountId");
    return stop;
}

}  // namespace

void list_killswitches(Api& api, Asked asked) {
    auto account = account_overseen(asked.principal);
    if (!account) return asked.refuse(account.error());
    Loop& loop = asked.loop();
    api.parts().stops(loop, [asked = std::move(asked), account = std::move(*account)](
                                Result<safety::Switchboard> board) mutable {
        if (!board) return asked.refuse(board.error());
        asked.answer_json(200, stops_json(*board, account));
    });
}

void change_safety_killswitch(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::change_safety_killswitch);
    if (!body) return asked.refuse(body.error());
    auto read = read_stop(*body);
    if (!read) return asked.refuse(read.error());
    auto stop = may_stop(std::move(*read), asked.principal);
    if (!stop) return asked.refuse(stop.error());
    if (stop->scope == StopScope::account && stop->account_id.empty())
        return asked.refuse(
            Error{Code::malformed, "missing_field", "of which account", "/accountId"});
    safety::StopChange change{std::move(*stop), body->flag(field::enabled), asked.principal.user_id,
                              std::string(body->text(field::reason))};
    const std::string account =
        asked.principal.role == Role::admin ? std::string() : asked.principal.account_id;
    Loop& loop = asked.loop();
    api.parts().stop(
        std::move(change), loop,
        [asked = std::move(asked), account](Result<safety::Switchboard> board) mutable {
            if (!board) return asked.refuse(board.error());
            asked.answer_json(200, stops_json(*board, account));
        });
}

}  // namespace lifeline::api
