#include <algorithm>
#include <utility>

#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/json.h"
#include "pricing/rate.h"

namespace lifeline::billing {

namespace {

using pricing::Int128;

std::unexpected<Error> too_large() {
    return fail(Code::internal, "storage_error", "the margin comes to more than can be counted");
}

Int128 number_in(const contract::Json& json, std::string_view key) {
    return pricing::parse_int128(json.text(key).value_or("0")).value_or(Int128(0));
}

Status add_to(Int128& sum, Int128 more) {
    const auto with = pricing::add(sum, more);
    if (!with) return too_large();
    sum = *with;
    return {};
}

Status add_to(IncomeAndCost& sums, const IncomeAndCost& more) {
    if (const auto added = add_to(sums.income, more.income); !added) return added;
    if (!more.cost) sums.cost.reset();
    return sums.cost ? add_to(*sums.cost, *more.cost) : Status();
}

// What of an amount is for the first `part` of `whole`: rounded once, so that parts sum to it. The
// product alone would not always fit.
Result<Int128> share(Int128 amount, std::int64_t part, std::int64_t whole) {
    const Int128 divisor = whole < 0 ? -Int128(whole) : Int128(whole);
    const Int128 of = whole < 0 ? -Int128(part) : Int128(part);
    const auto full = pricing::multiply(amount / divisor, of);
    const auto rest = pricing::multiply(amount % divisor, of);
    const auto sum = full && rest ? pricing::add(*full, pricing::divide_half_even(*rest, divisor))
                                  : std::nullopt;
    if (!sum) return too_large();
    return *sum;
}

std::string place_of(const HourItem& at) {
    return std::to_string(at.first) + ":" + at.second;
}

struct Call {
    std::string session_id;
    std::int64_t quantity = 0;
};

Status add_calls(std::map<std::string, CallMargin>& calls, const ItemMargin& row,
                 const std::vector<Call>& shares) {
    std::int64_t whole = 0;
    for (const Call& call : shares) {
        const auto sum = pricing::add_quantity(whole, call.quantity);
        if (!sum) return too_large();
        whole = *sum;
    }
    if (whole == 0) return {};
    std::int64_t upto = 0;
    IncomeAndCost given;
    for (const Call& call : shares) {
        upto += call.quantity;
        const auto income = share(row.sums.income, upto, whole);
        if (!income) return fail(income.error());
        IncomeAndCost part{.income = *income - given.income};
        given.income = *income;
        if (row.sums.cost) {
            const auto cost = share(*row.sums.cost, upto, whole);
            if (!cost) return fail(cost.error());
            part.cost = *cost - *given.cost;
            given.cost = *cost;
        } else {
            part.cost.reset();
        }
        auto& known = calls.try_emplace(call.session_id, CallMargin{.session_id = call.session_id})
                          .first->second;
        if (const auto added = add_to(known.sums, part); !added) return added;
    }
    return {};
}

}  // namespace

Result<Margin> BillingStore::margin(const MarginQuery& query) {
    Margin margin;
    std::map<HourItem, ItemMargin> rows;
    auto select = view_.database().prepare(
        "select hour, type, payload from entries where account=?1 and hour>=?2 and hour<?3 "
        "order by hour, position");
    if (!select) return fail(select.error());
    select->bind_text(1, query.account_id)
        .bind(2, query.from ? number_of(*query.from) : INT64_MIN)
        .bind(3, query.to ? number_of(*query.to) : INT64_MAX);
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        const auto json = contract::Json::parse(select->text(2));
        if (!json) return fail(json.error());
        const bool charge = select->text(1) == "billing.usage.recorded";
        const std::string item(json->text("item").value_or(""));
        if (margin.currency.empty()) margin.currency = json->text("currency").value_or("");
        ItemMargin& row = rows[{select->integer(0), item}];
        row.item = item;
        row.window = Window(std::chrono::hours(select->integer(0)));
        const auto quantity = pricing::add_quantity(
            row.quantity,
            static_cast<std::int64_t>(number_in(*json, charge ? "quantity" : "quantityDelta")));
        if (!quantity) return too_large();
        row.quantity = *quantity;
        const Int128 amount = number_in(*json, charge ? "amount" : "amountDelta");
        if (const auto added = add_to(row.sums.income, amount); !added) return fail(added.error());
    }
    select->reset();
    const auto costs = this->costs(query);
    if (!costs) return fail(costs.error());
    std::map<std::string, CallMargin> calls;
    const auto after = query.after.find(':');
    HourItem begin{INT64_MIN, ""};
    if (after != std::string::npos)
        begin = {static_cast<std::int64_t>(
                     pricing::parse_int128(query.after.substr(0, after)).value_or(Int128(0))),
                 query.after.substr(after + 1)};
    auto shares = view_.database().prepare(
        "select session, sum(quantity) from records where account=? and item=? and hour=? "
        "group by session order by session");
    if (!shares) return fail(shares.error());
    for (auto& [at, row] : rows) {
        if (const auto cost = costs->find(at); cost != costs->end()) row.sums.cost = cost->second;
        if (const auto added = add_to(margin.sums, row.sums); !added) return fail(added.error());
        if (at <= begin || !margin.next.empty()) continue;
        shares->bind_text(1, query.account_id).bind_text(2, row.item).bind(3, at.first);
        std::vector<Call> of_hour;
        for (;;) {
            const auto more = shares->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            of_hour.push_back({std::string(shares->text(0)), shares->integer(1)});
        }
        shares->reset();
        if (const auto added = add_calls(calls, row, of_hour); !added) return fail(added.error());
        margin.items.push_back(row);
        if (margin.items.size() == query.limit && at != rows.rbegin()->first)
            margin.next = place_of(at);
    }
    for (auto& [id, call] : calls) margin.calls.push_back(std::move(call));
    return margin;
}

}  // namespace lifeline::billing
