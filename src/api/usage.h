#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/accounts/{}/usage: what an account's calls used, record by record.
void list_usage(Api& api, Asked asked);

}  // namespace lifeline::api
