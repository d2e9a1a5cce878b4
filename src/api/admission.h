#pragma once

#include <string>

#include "api/budget_desk.h"
#include "call/command.h"
#include "session/sessions.h"

namespace lifeline::api {

// A call that is to be made of an account.
struct Making {
    std::string id;
    std::string account_id;
    call::Command command;
    bool named = false;  // Somebody chose the id, so the call may be there already.
};

// What a call needs first is reserved before anything is written of it, and given back where
// nothing was. One that is there already asks for nothing, and keeps what it holds: to make it
// again says only what became of it.
void make_call(session::Sessions& sessions, const BudgetDesk& budgets, Making making, Loop& from,
               journal::Done<session::Receipt> done);

}  // namespace lifeline::api
