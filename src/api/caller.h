#pragma once

#include <functional>
#include <string>

#include "api/exchange.h"
#include "call/access.h"
#include "call/command.h"
#include "session/sessions.h"

namespace lifeline::api {

class Api;

call::Caller caller_of(const identity::Principal& principal);

// Whether the principal sees this call and, for `write`, may change it; gives their role in it.
enum class Need { read, write };
Result<contract::Role> authorize(const call::State& state, const identity::Principal& principal,
                                 Need need);

// Looks at the call on its own loop, if the principal may; answers with the JSON that `view` makes.
void answer_from_call(Api& api, Asked asked, unsigned status,
                      std::function<std::string(session::Actor&)> view);

// Authorizes and submits one command in the principal's name; `then` runs on the server's loop once
// it is durable. A refusal is answered here.
void command(Api& api, Asked asked, call::Request request,
             std::move_only_function<void(Asked, session::Receipt)> then);

}  // namespace lifeline::api
