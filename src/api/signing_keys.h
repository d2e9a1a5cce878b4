#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/billing/keys, for whoever oversees an account; POST lets a new key sign and
// POST .../{keyId}/revoke trusts one no more, for admins.
void list_signing_keys(Api& api, Asked asked);
void rotate_signing_key(Api& api, Asked asked);
void revoke_signing_key(Api& api, Asked asked);

}  // namespace lifeline::api
