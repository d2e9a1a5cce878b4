#include <utility>

#include "api/account_query.h"
#include "api/api.h"
#include "api/body.h"
#include "api/idempotency.h"
#include "api/reconciliation.h"
#include "base/id.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "pricing/int128.h"

// What a person corrects by hand, and what somebody else counted.
namespace lifeline::api {

namespace {

// What one fact may say that was used, and more than all of it costs: thousands of these, and what
// is charged, still fit a sum.
constexpr std::int64_t quantity_max = 9'000'000'000'000'000;
constexpr std::size_t amount_digits_max = 30;

std::unexpected<Error> too_large(std::string what, std::string pointer) {
    auto refused = contract::refuse(contract::reason::out_of_range, std::move(what));
    refused.error().pointer = std::move(pointer);
    return refused;
}

Result<pricing::Correction> correction_in(const contract::Body& body) {
    namespace f = contract::body::create_adjustment;
    const auto quantity = pricing::parse_int128(body.text(f::quantity_delta));
    if (!quantity || *quantity > quantity_max || *quantity < -quantity_max)
        return too_large("a correction is of 9000000000000000 base units at most, either way",
                         "/quantityDelta");
    const std::string_view digits = body.text(f::amount_delta);
    const auto amount = pricing::parse_int128(digits);
    if (!amount || digits.size() - (digits.starts_with('-') ? 1 : 0) > amount_digits_max)
        return too_large("an amount has 30 digits at most", "/amountDelta");
    return pricing::Correction{static_cast<std::int64_t>(*quantity), *amount};
}

}  // namespace

void create_adjustment(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_change_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::create_adjustment);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    const auto correction = correction_in(*body);
    if (!correction) return asked.refuse(correction.error());
    namespace f = contract::body::create_adjustment;
    auto& parts = api.parts();
    ReconciliationDesk::Adjusting adjusting{
        .account_id = account_id,
        .kind = std::string(body->text(f::kind)),
        .window = *parse_window(body->text(f::service_window)),
        .item = std::string(body->text(f::item)),
        .correction = *correction,
        .corrects = std::string(body->text(f::corrects)),
        .by = asked.principal.user_id,
        .reason = std::string(body->text(f::reason)),
        .id = key->empty() ? new_id("ba_", parts.clock.wall(), parts.random)
                           : derived_id("ba_", asked.principal, "adjustments/" + account_id, *key)};
    Loop& loop = asked.loop();
    parts.reconciliation.adjust(std::move(adjusting), loop,
                                [asked = std::move(asked)](Result<std::string> made) mutable {
                                    if (!made) return asked.refuse(made.error());
                                    asked.answer_json(201, *std::move(made));
                                });
}

void import_statement(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_change_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::import_statement);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::import_statement;
    ReconciliationDesk::Statement statement{.account_id = account_id,
                                            .source = std::string(body->text(f::source)),
                                            .rows_json = std::string(body->raw(f::rows)),
                                            .by = asked.principal.user_id};
    Loop& loop = asked.loop();
    api.parts().reconciliation.import(
        std::move(statement), loop,
        [asked = std::move(asked)](const Result<ReconciliationDesk::Imported>& done) mutable {
            if (!done) return asked.refuse(done.error());
            contract::JsonWriter json;
            json.object().key("importId").value(done->id);
            json.key("rows").value(static_cast<std::uint64_t>(done->rows)).end();
            asked.answer_json(201, json.take());
        });
}

}  // namespace lifeline::api
