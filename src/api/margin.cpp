#include <utility>

#include "api/account_query.h"
#include "api/api.h"
#include "api/body.h"
#include "api/charge_trace.h"
#include "billing/billing.h"
#include "contract/json_writer.h"

namespace lifeline::api {

namespace {

void write_sums(contract::JsonWriter& json, const billing::IncomeAndCost& sums, bool costs) {
    json.key("income").value(pricing::to_text(sums.income));
    if (!costs || !sums.cost) return;
    json.key("cost").value(pricing::to_text(*sums.cost));
    if (const auto margin = pricing::subtract(sums.income, *sums.cost))
        json.key("margin").value(pricing::to_text(*margin));
}

std::string margin_json(const billing::Margin& margin, bool costs) {
    contract::JsonWriter json;
    json.object();
    if (!margin.currency.empty()) json.key("currency").value(margin.currency);
    write_sums(json, margin.sums, costs);
    json.key("items").array();
    for (const auto& row : margin.items) {
        json.object().key("item").value(row.item).key("window").value(text_of(row.window));
        json.key("quantity").value(std::to_string(row.quantity));
        write_sums(json, row.sums, costs);
        json.end();
    }
    json.end().key("calls").array();
    for (const auto& call : margin.calls) {
        json.object().key("sessionId").value(call.session_id);
        write_sums(json, call.sums, costs);
        json.end();
    }
    json.end();
    if (!margin.next.empty()) json.key("next").value(margin.next);
    json.end();
    return json.take();
}

}  // namespace

void get_margin(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto& request = asked.request();
    const auto from = hour_query(request, "from");
    if (!from) return asked.refuse(from.error());
    const auto to = hour_query(request, "to");
    if (!to) return asked.refuse(to.error());
    const auto limit = number_query(request, "limit", 1, 1000, 100);
    if (!limit) return asked.refuse(limit.error());
    const auto* cursor = request.query("cursor");
    billing::MarginQuery query{.account_id = account_id,
                               .from = *from,
                               .to = *to,
                               .after = cursor == nullptr ? std::string() : *cursor,
                               .limit = static_cast<std::size_t>(*limit)};
    const bool costs = sees_all_accounts(asked.principal);
    Loop& loop = asked.loop();
    api.parts().billing.with_cards<billing::Margin>(
        loop,
        [asked = std::move(asked), costs](const Result<billing::Margin>& margin) mutable {
            if (!margin) return asked.refuse(margin.error());
            asked.answer_json(200, margin_json(*margin, costs));
        },
        [query = std::move(query)](billing::BillingStore& store) { return store.margin(query); });
}

}  // namespace lifeline::api
