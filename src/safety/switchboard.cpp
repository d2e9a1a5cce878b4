#include "safety/switchboard.h"

#include <fmt/format.h>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::safety {

namespace {

// The contract's words for scopes: what REST calls the instance was `global` before it had a route.
std::string_view recorded_as(StopScope scope) {
    return scope == StopScope::instance ? "global" : to_text(scope);
}

std::optional<StopScope> recorded_scope(std::string_view text) {
    if (text == "global") return StopScope::instance;
    const auto scope = stop_scope_from(text);
    return scope == StopScope::instance ? std::nullopt : scope;
}

std::unexpected<Error> broken(std::string_view what) {
    return fail(Code::corrupt, "journal_corrupt",
                fmt::format("safety.killswitch.changed: {}", what));
}

}  // namespace

std::string_view to_text(StopScope scope) {
    switch (scope) {
        case StopScope::instance:
            return "instance";
        case StopScope::account:
            return "account";
        case StopScope::action_type:
            return "action_type";
    }
    return "";
}

std::optional<StopScope> stop_scope_from(std::string_view text) {
    for (const StopScope scope : {StopScope::instance, StopScope::account, StopScope::action_type})
        if (text == to_text(scope)) return scope;
    return std::nullopt;
}

std::string payload_of(const StopChange& change) {
    const Stop& what = change.what;
    contract::JsonWriter json;
    json.object();
    json.key("scope").value(recorded_as(what.scope));
    json.key("enabled").value(change.enabled);
    json.key("by").value(change.by);
    json.key("reason").value(change.reason);
    if (what.scope == StopScope::account) json.key("subject").value(what.account_id);
    if (what.scope == StopScope::action_type) {
        json.key("subject").value(what.action_type);
        if (!what.account_id.empty()) json.key("accountId").value(what.account_id);
    }
    json.end();
    return json.take();
}

Status Switchboard::apply(std::string_view type, std::string_view payload_json) {
    if (type != "safety.killswitch.changed") return {};
    const auto payload = contract::Json::parse(payload_json);
    if (!payload) return broken("its payload is no JSON");
    const auto scope = recorded_scope(payload->text("scope").value_or(""));
    if (!scope) return broken("a scope that is not of this stream");
    Stop stop{.scope = *scope};
    const std::string subject(payload->text("subject").value_or(""));
    if (*scope != StopScope::instance && subject.empty()) return broken("it says not what");
    if (*scope == StopScope::account) stop.account_id = subject;
    if (*scope == StopScope::action_type) {
        stop.action_type = subject;
        stop.account_id = payload->text("accountId").value_or("");
    }
    const auto enabled = payload->find("enabled");
    if (!enabled || !enabled->as_bool()) return broken("it says not whether it is on");
    if (*enabled->as_bool())
        on_.insert_or_assign(std::move(stop),
                             On{std::string(payload->text("by").value_or("")),
                                std::string(payload->text("reason").value_or(""))});
    else
        on_.erase(stop);
    return {};
}

Status Switchboard::may_take(const StopChange& change) const {
    if (!change.enabled || on_.contains(change.what) || on_.size() < stops_max) return {};
    return fail(
        Code::overloaded, "limit_exceeded",
        fmt::format("{} things are stopped already: stop the account, or everything", stops_max));
}

KillSwitches Switchboard::switches() const {
    KillSwitches all;
    for (const auto& [stop, on] : on_) {
        switch (stop.scope) {
            case StopScope::instance:
                all.global = on.reason;
                break;
            case StopScope::account:
                all.accounts[stop.account_id] = on.reason;
                break;
            case StopScope::action_type:
                (stop.account_id.empty()
                     ? all.action_types
                     : all.action_types_of_accounts[stop.account_id])[stop.action_type] = on.reason;
                break;
        }
    }
    return all;
}

}  // namespace lifeline::safety
