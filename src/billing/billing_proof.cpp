#include <set>
#include <utility>

#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/json.h"

// What a statement follows from. Besides its own month these are the months whose hours its
// adjustments correct: what was expected there follows from all that was used there.
namespace lifeline::billing {

namespace {

// Of a month by the hours of the service: what was used and booked there, its own closing, and the
// hours that tell what was late. ?1 until where, ?2 and ?3 its first and last hour, ?4 its number.
constexpr std::string_view of_service = R"(
select position from used where account=?5 and position<=?1 and hour>=?2 and hour<=?3
union select position from entries where account=?5 and position<=?1 and hour>=?2 and hour<=?3
union select position from statements where account=?5 and position<=?1 and month=?4
union select position from hours where position<=?1 and (hour=?3 or hour in
    (select hour from used where account=?5 and position<=?1 and hour>=?2 and hour<=?3))
)";

// Of a statement: what is booked in it or named in it without a price, and the last hour before
// its month (?2), behind which nothing is in the statement before. ?3 the month's number.
constexpr std::string_view of_statement = R"(
select position from entries where account=?4 and position<=?1 and month=?3
union select position from used where account=?4 and position<=?1 and month=?3
union select position from assigned where account=?4 and position<=?1
union select position from hours where position<=?1 and (hour=?2 or hour in
    (select hour from used where account=?4 and position<=?1 and month=?3))
)";

}  // namespace

Result<std::uint64_t> BillingStore::closed_at(const std::string& account, Month month) {
    const auto position = ask("select position from statements where account=? and month=?",
                              account, number_of(month))
                              .first([](const sql::Statement& row) { return row.natural(0); });
    if (!position) return fail(position.error());
    return position->value_or(0);
}

Result<ProofPlan> BillingStore::proof(const std::string& account_id, Month month, CostCard cost) {
    const auto input = this->month(account_id, month);
    if (!input) return fail(input.error());
    const auto statement = pricing::compose(*input, book_);
    if (!statement) return fail(statement.error());
    const auto closed = closed_at(account_id, month);
    if (!closed) return fail(closed.error());
    const std::int64_t until = *closed > 0 ? static_cast<std::int64_t>(*closed) : INT64_MAX;
    std::set<Month> months{month};
    for (const auto& adjustment : input->adjustments) months.insert(month_of(adjustment.service));
    std::set<std::uint64_t> found;
    const auto add = [&found](const sql::Statement& row) { found.insert(row.natural(0)); };
    std::vector<Month> all_closed;
    for (const Month one : months) {
        const auto at = closed_at(account_id, one);
        if (!at) return fail(at.error());
        if (*at > 0 && static_cast<std::int64_t>(*at) <= until) all_closed.push_back(one);
        if (const auto read = ask(of_service, until, number_of(first_of(one)),
                                  number_of(last_of(one)), number_of(one), account_id)
                                  .each(add);
            !read)
            return fail(read.error());
    }
    const Month before = month - std::chrono::months(1);
    if (const auto read =
            ask(of_statement, until, number_of(last_of(before)), number_of(month), account_id)
                .each(add);
        !read)
        return fail(read.error());
    if (const auto read = add_cards(account_id, until, cost, found); !read)
        return fail(read.error());
    return ProofPlan{.account_id = account_id,
                     .month = month,
                     .positions = {found.begin(), found.end()},
                     .statement_json = pricing::render_json(*statement),
                     .closed = std::move(all_closed)};
}

Status BillingStore::will_close(const std::string& account, Month month) {
    return put("insert or ignore into closings values(?1,?2)", account, number_of(month));
}

// Every version of the cards that the account paid by, or would.
Status BillingStore::add_cards(const std::string& account_id, std::int64_t until, CostCard cost,
                               std::set<std::uint64_t>& found) {
    std::set<std::string, std::less<>> names{std::string(standard_card)};
    if (cost == CostCard::included) names.emplace(cost_card);
    const auto assigned =
        ask("select payload from assigned where position<=? and account=?", until, account_id)
            .each([&](const sql::Statement& row) {
                if (const auto json = contract::Json::parse(row.text(0)))
                    names.emplace(json->text("card").value_or(""));
            });
    if (!assigned) return assigned;
    return ask("select position, payload from cards where position<=?", until)
        .each([&](const sql::Statement& row) {
            const auto json = contract::Json::parse(row.text(1));
            if (json && names.contains(json->text("card").value_or("")))
                found.insert(row.natural(0));
        });
}

// Where it stands, and in which statement if nothing prices it.
Status BillingStore::keep_used(const Used& used, Month statement) {
    return put("insert or ignore into used values(?1,?2,?3,?4)", used.position, used.account,
               number_of(used.window), number_of(statement));
}

}  // namespace lifeline::billing
