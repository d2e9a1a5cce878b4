#include "api/account_query.h"

#include <fmt/format.h>

namespace lifeline::api {

Status may_see_account(const identity::Principal& principal, const std::string& account_id) {
    const auto account = account_overseen(principal);
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
