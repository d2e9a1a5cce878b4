#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/administer.h"
#include "base/window.h"

// What the routes of an account's usage and charges have in common.
namespace lifeline::api {

// Services, operators and auditors see their account's, an admin any account's.
Status may_see_account(const identity::Principal& principal, const std::string& account_id);

// Who sees every account sees what others pay, and what things cost us.
bool sees_all_accounts(const identity::Principal& principal);
// A charge for everybody else.
std::string without_cost(const std::string& payload_json);

// Operators change what is their account's, an admin what is any account's.
Status may_change_account(const identity::Principal& principal, const std::string& account_id);

// A UTC hour of the query; nothing where it is not given.
Result<std::optional<Window>> hour_query(const net::Request& request, std::string_view name);

}  // namespace lifeline::api
