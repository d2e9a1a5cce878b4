#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// GET /v1/call/sessions/{}/archive: the call as a file that can be checked without us, for its
// owner and for whoever oversees the account.
void export_archive(Api& api, Asked asked);

// GET /v1/journal/heads: what was published of the journal, for whoever oversees an account.
void list_heads(Api& api, Asked asked);

}  // namespace lifeline::api
