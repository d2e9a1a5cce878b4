#include "api/account_query.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::api {

Status may_see_account(const identity::Principal& principal, const std::string& account_id) {
    const auto account = account_overseen(principal);
    if (!account) return fail(account.error());
    if (account->empty() || *account == account_id) return {};
    return fail(Code::not_allowed, "forbidden", "this is another account's");
}

bool sees_all_accounts(const identity::Principal& principal) {
    return may_administer(principal).has_value();
}

std::string without_cost(const std::string& payload_json) {
    const auto payload = contract::Json::parse(payload_json);
    if (!payload || !payload->find("costNano")) return payload_json;
    contract::JsonWriter json;
    json.object();
    for (const auto& [key, value] : payload->members())
        if (key != "costNano") json.key(key).raw(contract::canonical_json(value));
    json.end();
    return json.take();
}

Status may_change_account(const identity::Principal& principal, const std::string& account_id) {
    const auto account = account_to_look_at(principal);
    if (!account) return fail(account.error());
    if (account->empty() || *account == account_id) return {};
    return fail(Code::not_allowed, "forbidden", "this is another account's");
}

Result<std::optional<Window>> hour_query(const net::Request& request, std::string_view name) {
    const auto* value = request.query(name);
    if (value == nullptr) return std::nullopt;
    const auto hour = parse_window(*value);
    if (!hour)
        return fail(Code::malformed, "query_invalid",
                    fmt::format("{} must be a UTC hour, like 2026-02-16T10:00Z", name));
    return hour;
}

}  // namespace lifeline::api
