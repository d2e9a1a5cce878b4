#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/accounts/{}/charges/{}: from a charge to the records and events behind it, for
// whoever oversees the account.
void trace_charge(Api& api, Asked asked);
// GET /v1/billing/accounts/{}/margin, for the same; costs and margins for admins.
void get_margin(Api& api, Asked asked);

}  // namespace lifeline::api
