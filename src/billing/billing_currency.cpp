#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "billing/billing_store.h"
#include "billing/columns.h"
#include "contract/json.h"
#include "contract/reason.h"

// An account has one currency: that of the first card that may have charged it, or of the credit
// that it paid ahead before. Entries stay as they are, and a month of two currencies could never be
// summed; so cards are judged before anything is charged by them.
namespace lifeline::billing {

namespace {

using contract::refuse;
namespace reason = contract::reason;

}  // namespace

// Of what is written, else of what is on its way, else of what was paid ahead.
Result<std::string> BillingStore::currency_of(const std::string& account_id) {
    const auto payload =
        ask("select payload from (select payload, 0 due, position at from entries where account=?1 "
            "union all select payload, 1, made from due where account=?1 and "
            "type<>'billing.statement.closed') order by due, at limit 1",
            account_id)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!payload) return fail(payload.error());
    if (!*payload) {
        const auto credit =
            ask("select currency from credit where account=?1", account_id)
                .first([](const sql::Statement& row) { return std::string(row.text(0)); });
        if (!credit) return fail(credit.error());
        return credit->value_or("");
    }
    const auto json = contract::Json::parse(**payload);
    if (!json) return fail(json.error());
    return std::string(json->text("currency").value_or(""));
}

// The first hour that is not charged yet.
Result<Window> BillingStore::first_open() {
    const auto closed = fact("closed");
    if (!closed) return fail(closed.error());
    return *closed == INT64_MIN ? Window() : Window(std::chrono::hours(*closed + 1));
}

// Hours of which an account has usage.
Result<std::vector<Window>> BillingStore::used_hours(const std::string& account) {
    return ask("select hour from used where account=?1 union "
               "select hour from waiting where account=?1",
               account)
        .all([](const sql::Statement& row) { return Window(std::chrono::hours(row.integer(0))); });
}

// What was charged is in one currency, so that of hours still to be charged is what can differ:
// those that go on have usage that nobody has told yet. Something late may price any hour that has
// usage and no charge.
Status BillingStore::judge(const std::string& account, const pricing::Assignment& assignment,
                           WallTime now) {
    const auto currency = currency_of(account);
    if (!currency) return fail(currency.error());
    const auto* known = assignments(account);
    pricing::Assignments all = known == nullptr ? pricing::Assignments() : *known;
    if (const auto may = all.judge(assignment, book_, *currency, now); !may) return may;
    all.add(assignment);
    const auto open = first_open();
    if (!open) return fail(open.error());
    std::vector<Window> hours{*open};
    const auto begins = [&](Window hour) {
        if (hour > *open) hours.push_back(hour);
    };
    for (const auto& one : all.all()) begins(one.effective_from);
    if (const auto standard = book_.cards().find(standard_card); standard != book_.cards().end())
        for (const auto& version : standard->second) begins(version.effective_from);
    if (currency->empty()) {
        const auto used = used_hours(account);
        if (!used) return fail(used.error());
        hours.insert(hours.end(), used->begin(), used->end());
    }
    std::ranges::sort(hours);
    const auto* card = book_.in_force(assignment.card, assignment.effective_from);
    for (const Window hour : hours) {
        const auto name = all.card_at(hour);
        const auto* other = book_.in_force(name.empty() ? standard_card : name, hour);
        if (other == nullptr || other->currency == card->currency) continue;
        return refuse(
            reason::currency_differs,
            fmt::format("the account pays by {} in {} as well, which is not charged yet: "
                        "that is in {}, {} is in {}",
                        other->name, text_of(hour), other->currency, card->name, card->currency),
            "/card");
    }
    return {};
}

// Who paid ahead, and has no card of its own, pays by `standard`.
Status BillingStore::judge_credit(const pricing::Card& card) {
    const auto others =
        ask("select account, currency from credit where currency<>?1 order by account",
            card.currency)
            .all([](const sql::Statement& row) {
                return std::pair(std::string(row.text(0)), std::string(row.text(1)));
            });
    if (!others) return fail(others.error());
    for (const auto& [account, currency] : *others) {
        const auto* const own = assignments(account);
        if (own != nullptr && !own->card_at(card.effective_from).empty()) continue;
        return refuse(reason::currency_differs,
                      fmt::format("{} would pay by it, and has credit in {}", account, currency),
                      "/currency");
    }
    return {};
}

// By the first version of `standard` accounts may pay for hours before those of their own card.
Result<pricing::CardBook::Standing> BillingStore::judge(const pricing::Card& card, WallTime now) {
    const auto standing = book_.judge(card, now);
    if (!standing || *standing == pricing::CardBook::Standing::known || card.version > 1 ||
        card.name != standard_card)
        return standing;
    if (const auto may = judge_credit(card); !may) return fail(may.error());
    const auto open = first_open();
    if (!open) return fail(open.error());
    for (const auto& [account, all] : assignments_) {
        if (!all.card_at(std::max(*open, card.effective_from)).empty()) continue;
        for (const auto& one : all.all()) {
            const auto* own = book_.in_force(one.card, one.effective_from);
            if (own == nullptr || own->currency == card.currency ||
                all.card_at(one.effective_from) != one.card)
                continue;
            return refuse(
                reason::currency_differs,
                fmt::format("{} would pay by it until {}, and by {} in {} from then on", account,
                            text_of(one.effective_from), own->name, own->currency),
                "/currency");
        }
    }
    return standing;
}

}  // namespace lifeline::billing
