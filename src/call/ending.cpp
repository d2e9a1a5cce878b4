#include <algorithm>
#include <array>

#include "call/rules.h"

// Who may say why a call is over. What the server finds out by itself, and what only some may do,
// nobody else claims: reports and bills are made from it.
namespace lifeline::call::rules {

namespace {

using contract::Role;

// The endReasons of schema/v1/words.json, by who may give them over REST.
constexpr std::array anybodys{"completed", "user_hangup", "agent_handover"};
constexpr std::array services{"timeout", "policy_stop", "budget_stop"};
constexpr std::string_view operators = "operator_stop";

// Codes of call.terminal_failure that say what the server itself has seen.
constexpr std::array servers_codes{"connect_timeout", "reconnect_window_expired"};

bool among(std::string_view word, const auto& words) {
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

Result<void> may_end_with(std::string_view reason, const Command& from) {
    const bool operates = from.role == Role::operator_ || from.role == Role::admin;
    const bool serves = operates || from.role == Role::service || from.role == Role::server;
    if (among(reason, anybodys) || (serves && among(reason, services)) ||
        (operates && reason == operators))
        return {};
    if (!among(reason, services) && reason != operators)
        return fail(Code::malformed, "unknown_value", "no such endReason", "/reason");
    return fail(Code::not_allowed, "forbidden", "this role may not give this reason", "/reason");
}

Result<void> may_fail_with(std::string_view code) {
    if (!among(code, servers_codes)) return {};
    return fail(Code::not_allowed, "forbidden", "only the server itself can say so", "/reason");
}

std::string_view way_on_after(std::string_view code) {
    if (code == "connect_timeout")
        return "Start a new call, and connect to it before its connect timeout is over.";
    return "Start a new call that carries on from this one: what was said up to here is kept.";
}

}  // namespace lifeline::call::rules
