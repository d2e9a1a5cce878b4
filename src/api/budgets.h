#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/accounts/{}/budgets and .../balance, for whoever oversees the account.
void list_budgets(Api& api, Asked asked);
void get_balance(Api& api, Asked asked);
// PUT /v1/billing/accounts/{}/budgets/{}, for operators of the account and admins.
void change_budget(Api& api, Asked asked);
// POST /v1/billing/accounts/{}/credit, for admins.
void grant_credit(Api& api, Asked asked);

}  // namespace lifeline::api
