#pragma once

#include "api/router.h"

namespace lifeline::api {

// GET /v1/call/sessions/{}/explain: the call as a story, for whoever may read its events.
void explain_session(Api& api, Asked asked);

}  // namespace lifeline::api
