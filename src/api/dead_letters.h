#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/dead-letters and .../{}, for whoever oversees an account.
void list_dead_letters(Api& api, Asked asked);
void get_dead_letter(Api& api, Asked asked);
// POST .../redrive and .../discard: operators those of their account, admins any.
void redrive_dead_letters(Api& api, Asked asked);
void discard_dead_letters(Api& api, Asked asked);

}  // namespace lifeline::api
