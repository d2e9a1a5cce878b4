#include "api/budgets.h"

#include <utility>

#include "api/account_query.h"
#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/idempotency.h"
#include "base/id.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/reason.h"

// What accounts may use.
namespace lifeline::api {

namespace {

std::unexpected<Error> out_of_range(const char* what, const char* pointer) {
    return fail(Code::malformed, "out_of_range", what, pointer);
}

BudgetDesk::Answer answer(Asked asked, unsigned status) {
    return [asked = std::move(asked), status](Result<std::string> json) mutable {
        if (!json) return asked.refuse(json.error());
        asked.answer_json(status, *std::move(json));
    };
}

Result<budget::Budget> budget_in(const contract::Body& body, const std::string& id) {
    namespace f = contract::body::change_budget;
    budget::Budget budget{.id = id,
                          .scope = budget::parse_scope(body.text(f::scope)),
                          .period = budget::parse_period(body.text(f::period)),
                          .meter = std::string(body.text(f::meter)),
                          .hard = body.flag(f::hard)};
    if (body.has(f::limit)) {
        budget.limit = pricing::parse_int128(body.text(f::limit));
        if (!budget.limit) return out_of_range("more than can be counted", "/limit");
    }
    if (body.has(f::warn_at))
        for (const auto& one : contract::Json::parse(body.raw(f::warn_at))->items())
            budget.warn_at.push_back(static_cast<int>(one.as_integer().value_or(0)));
    if (const auto fits = budget::judge(budget); !fits) return fail(fits.error());
    return budget;
}

}  // namespace

void list_budgets(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().budgets.list(account_id, loop, answer(std::move(asked), 200));
}

void get_balance(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().budgets.balance(account_id, loop, answer(std::move(asked), 200));
}

void change_budget(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_change_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::change_budget);
    if (!body) return asked.refuse(body.error());
    if (!contract::matches(contract::Form::word, asked.captures.back()))
        return asked.refuse(Error{Code::malformed,
                                  "query_invalid",
                                  "a budget is named by a word of at most 64 bytes",
                                  {}});
    auto budget = budget_in(*body, asked.captures.back());
    if (!budget) return asked.refuse(budget.error());
    BudgetDesk::Changing changing{
        .account_id = account_id, .budget = *std::move(budget), .by = asked.principal.user_id};
    Loop& loop = asked.loop();
    api.parts().budgets.change(std::move(changing), loop, answer(std::move(asked), 200));
}

void grant_credit(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const std::string account_id = asked.captures.front();
    const auto body = read_body(asked, contract::BodyType::grant_credit);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::grant_credit;
    const auto amount = pricing::parse_int128(body->text(f::amount));
    // Sums of a lifetime's grants stay far from where numbers end.
    if (!amount || *amount <= 0 || body->text(f::amount).size() > 30)
        return asked.refuse(
            out_of_range("an amount is above 0, and has 30 digits at most", "/amount").error());
    auto& parts = api.parts();
    BudgetDesk::Granting granting{
        .account_id = account_id,
        .credit_id = key->empty()
                         ? new_id("cr_", parts.clock.wall(), parts.random)
                         : derived_id("cr_", asked.principal, "credit/" + account_id, *key),
        .amount = *amount,
        .currency = std::string(body->text(f::currency)),
        .expires_at = std::string(body->text(f::expires_at)),
        .by = asked.principal.user_id,
        .reason = std::string(body->text(f::reason))};
    Loop& loop = asked.loop();
    parts.budgets.grant(std::move(granting), loop, answer(std::move(asked), 201));
}

}  // namespace lifeline::api
