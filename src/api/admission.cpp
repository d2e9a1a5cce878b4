#include "api/admission.h"

#include <optional>
#include <utility>

namespace lifeline::api {

namespace {

using session::Receipt;
using session::Sessions;
using Account = std::optional<std::string>;  // Nothing: the call is not there.

void account_of(Sessions& sessions, std::string id, Loop& from, journal::Done<Account> done) {
    sessions.look<Account>(
        std::move(id), from,
        [](session::Actor& actor) -> Result<Account> { return Account(actor.state().account_id); },
        [done = std::move(done)](Result<Account> account) mutable {
            if (!account && account.error().reason == session::CallRules::not_found)
                return done(Account());
            done(std::move(account));
        });
}

// Refused, though the call was not there before: another request may have made it meanwhile, and
// what is reserved is that call's.
void make_reserved(Sessions& sessions, const BudgetDesk& budgets, Making making, Loop& from,
                   journal::Done<Receipt> done) {
    const std::string id = making.id;
    auto made = [&sessions, &budgets, &from, id, account_id = std::move(making.account_id),
                 done = std::move(done)](Result<Receipt> receipt) mutable {
        if (receipt) return done(std::move(receipt));
        account_of(sessions, id, from,
                   [&budgets, id, account_id, receipt = std::move(receipt),
                    done = std::move(done)](const Result<Account>& there) mutable {
                       if (there && *there != account_id) budgets.release(account_id, id);
                       done(std::move(receipt));
                   });
    };
    sessions.submit(id, std::move(making.command), from, std::move(made));
}

void reserve_and_make(Sessions& sessions, const BudgetDesk& budgets, Making making, Loop& from,
                      journal::Done<Receipt> done) {
    const std::string id = making.id;
    const std::string account_id = making.account_id;
    budgets.admit(account_id, id, from,
                  [&sessions, &budgets, &from, making = std::move(making),
                   done = std::move(done)](const Status& may) mutable {
                      if (!may) return done(fail(may.error()));
                      make_reserved(sessions, budgets, std::move(making), from, std::move(done));
                  });
}

}  // namespace

void make_call(Sessions& sessions, const BudgetDesk& budgets, Making making, Loop& from,
               journal::Done<Receipt> done) {
    if (!making.named)
        return reserve_and_make(sessions, budgets, std::move(making), from, std::move(done));
    const std::string id = making.id;
    account_of(sessions, id, from,
               [&sessions, &budgets, &from, making = std::move(making),
                done = std::move(done)](const Result<Account>& there) mutable {
                   if (!there) return done(fail(there.error()));
                   if (!*there)
                       return reserve_and_make(sessions, budgets, std::move(making), from,
                                               std::move(done));
                   sessions.submit(std::move(making.id), std::move(making.command), from,
                                   std::move(done));
               });
}

}  // namespace lifeline::api
