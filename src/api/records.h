#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

void request_erasure(Api& api, Asked asked);
void list_erasures(Api& api, Asked asked);
void get_erasure(Api& api, Asked asked);
void list_holds(Api& api, Asked asked);
void change_hold(Api& api, Asked asked);

}  // namespace lifeline::api
