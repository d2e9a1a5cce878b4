#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/cards, for whoever oversees an account; POST puts a version in force, for admins.
void list_cards(Api& api, Asked asked);
void activate_card(Api& api, Asked asked);
// POST /v1/billing/accounts/{}/card, for admins.
void assign_card(Api& api, Asked asked);
// GET /v1/billing/accounts/{}/charges and .../statements/{month}, for whoever oversees the account.
void list_charges(Api& api, Asked asked);
void get_statement(Api& api, Asked asked);

}  // namespace lifeline::api
