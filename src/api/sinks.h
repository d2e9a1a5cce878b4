#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/sinks and POST .../{}/resume, for admins.
void list_sinks(Api& api, Asked asked);
void resume_sink(Api& api, Asked asked);

}  // namespace lifeline::api
