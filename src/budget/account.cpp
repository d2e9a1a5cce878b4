#include "budget/account.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::budget {

namespace {

using contract::EventType;
namespace field = contract::field;

Int128 amount_in(std::string_view text) {
    return pricing::parse_int128(text).value_or(Int128(0));
}

double shown(Int128 number, bool amount) {
    return static_cast<double>(number) / (amount ? 1e9 : 1.0);
}

constexpr const char* credit_sentence =
    "The credit of this account is used up, so the call ends here. It can go on in a new call once "
    "there is credit again.";

std::string full_sentence(const Budget& budget) {
    if (!budget.hard) return fmt::format("The budget {} is used up.", budget.id);
    return fmt::format(
        "The budget {} is used up, so the call ends here. Whoever runs the account can raise it{}.",
        budget.id, budget.period == Budget::Period::call ? "" : ", or it begins anew in time");
}

std::string warning_json(std::string_view meter, bool amount, Int128 threshold, Int128 current,
                         std::string_view message) {
    contract::JsonWriter json;
    json.object().key("meterId").value(meter);
    json.key("thresholdType").value(amount ? "amount" : "quantity");
    json.key("thresholdValue").value(shown(threshold, amount));
    json.key("currentValue").value(shown(current, amount));
    json.key("message").value(message).end();
    return json.take();
}

// A limit that changed warns anew.
Notice notice_of(const Reached& reached, WallTime now) {
    const Budget& budget = *reached.budget;
    const bool amount = budget.meter.empty();
    const std::string message =
        reached.percent == 100
            ? full_sentence(budget)
            : fmt::format("{} percent of the budget {} are used.", reached.percent, budget.id);
    const std::string limit = pricing::to_text(*budget.limit);
    return {.session_id = reached.session_id,
            .name = fmt::format("warned:{}:{}:{}:{}", budget.id, period_name(budget.period, now),
                                limit, reached.percent),
            .payload = warning_json(
                amount ? "amount" : budget.meter, amount,
                *budget.limit / 100 * reached.percent + *budget.limit % 100 * reached.percent / 100,
                reached.used, message),
            .message = message,
            .stops = reached.stops()};
}

}  // namespace

Entry entry_of(const HoldChange& change) {
    contract::JsonWriter json;
    json.object().key("holdId").value(change.hold_id);
    json.key("sessionId").value(change.session_id);
    json.key("state").value(to_text(change.state));
    json.key("amount").value(pricing::to_text(change.amount));
    if (change.expires_at) json.key("expiresAt").value(format_rfc3339(*change.expires_at));
    json.end();
    std::string name = fmt::format("{}:{}", change.hold_id, to_text(change.state));
    // As often as it is renewed.
    if (change.state == HoldChange::State::extended) name += ':';
    return {std::move(name), "billing.hold.changed", json.take()};
}

Entry entry_of(const Budget& budget, const std::string& by) {
    contract::JsonWriter json;
    json.object().key("budgetId").value(budget.id).key("scope").value(to_text(budget.scope));
    json.key("period").value(to_text(budget.period));
    if (!budget.meter.empty()) json.key("meter").value(budget.meter);
    if (budget.limit) json.key("limit").value(pricing::to_text(*budget.limit));
    if (!budget.warn_at.empty()) {
        json.key("warnAt").array();
        for (const int percent : budget.warn_at) json.value(percent);
        json.end();
    }
    if (budget.hard) json.key("hard").value(true);
    json.key("by").value(by).end();
    return {"budget:", "billing.budget.changed", json.take()};
}

void Account::take(const contract::Event& event, WallTime at) {
    switch (event.type()) {
        case EventType::billing_budget_changed: {
            namespace f = field::billing_budget_changed;
            Budget budget{.id = std::string(event.text(f::budget_id)),
                          .scope = parse_scope(event.text(f::scope)),
                          .period = parse_period(event.text(f::period)),
                          .meter = std::string(event.text(f::meter)),
                          .hard = event.has(f::hard) && event.flag(f::hard)};
            if (event.has(f::limit)) budget.limit = amount_in(event.text(f::limit));
            if (event.has(f::warn_at))
                if (const auto list = contract::Json::parse(event.raw(f::warn_at)))
                    for (const auto& one : list->items())
                        budget.warn_at.push_back(static_cast<int>(one.as_integer().value_or(0)));
            return change(std::move(budget));
        }
        case EventType::billing_credit_granted: {
            namespace f = field::billing_credit_granted;
            Grant one{.id = std::string(event.text(f::credit_id)),
                      .amount = amount_in(event.text(f::amount)),
                      .at = at};
            if (event.has(f::expires_at)) one.expires_at = parse_rfc3339(event.text(f::expires_at));
            return grant(std::move(one), std::string(event.text(f::currency)));
        }
        case EventType::billing_hold_changed: {
            namespace f = field::billing_hold_changed;
            HoldChange one{
                .hold_id = std::string(event.text(f::hold_id)),
                .session_id = std::string(event.text(f::session_id)),
                .state =
                    parse_hold_state(event.text(f::state)).value_or(HoldChange::State::expired),
                .amount = amount_in(event.text(f::amount))};
            if (event.has(f::expires_at)) one.expires_at = parse_rfc3339(event.text(f::expires_at));
            // When it was decided, which is before it was written.
            credit_.take(one, one.expires_at ? *one.expires_at - hold_lives : at);
            return;
        }
        default:
            return;
    }
}

void Account::change(Budget budget) {
    budgets_[budget.id] = std::move(budget);
    limited_ =
        std::ranges::any_of(budgets_, [](const auto& one) { return one.second.limit.has_value(); });
}

void Account::grant(Grant grant, std::string currency) {
    currency_ = std::move(currency);
    credit_.grant(std::move(grant));
}

void Account::take(const HoldChange& change, WallTime now, std::vector<Entry>& entries) {
    if (credit_.take(change, now)) entries.push_back(entry_of(change));
}

bool Account::is_foreign(const Used& used) const {
    return !used.currency.empty() && used.currency != currency_;
}

Account::Decision Account::judge(const Used& used, WallTime now) {
    Decision decision;
    const auto open =
        std::ranges::count_if(used.calls, [](const Used::Call& call) { return !call.use.over; });
    if (open > 0) decision.look_again = until_next(budgets_, used, now, hold_renewed);
    judge_credit(used, now, decision);
    judge_budgets(used, now, decision);
    return decision;
}

// Whose server died, or whose call never came. What is known to be used of it stays used.
void Account::expire(const Used& used, WallTime now, std::vector<Entry>& entries) {
    for (HoldChange change : credit_.expired(now)) {
        const auto call = std::ranges::find(used.calls, change.session_id,
                                            [](const auto& one) { return one.use.session_id; });
        const Int128 due = call == used.calls.end()
                               ? Int128(0)
                               : call->of_credit - credit_.posted_of(change.session_id);
        if (due > 0)
            if (const auto posted = credit_.resolve(change.session_id, due)) change = *posted;
        take(change, now, entries);
    }
}

void Account::judge_credit(const Used& used, WallTime now, Decision& decision) {
    if (!credit_.counts()) return;
    // No door lets a card in that is in another currency; money of one is never that of another.
    if (is_foreign(used)) return expire({}, now, decision.entries);
    for (const Used::Call& call : used.calls) {
        const std::string& id = call.use.session_id;
        const Int128 due = std::max(call.of_credit - credit_.posted_of(id), Int128(0));
        if (call.use.over) {
            pay(id, due, now, decision.entries);
            continue;
        }
        // One whose time does not run reserves no time, but pays whatever else it used.
        const bool runs = call.use.running;
        if (!runs && due == 0) continue;
        // Not more with every word that is said: only where less than two thirds of it are left.
        const Int128 ahead = runs ? std::max(used.minute_ahead, Int128(1)) : Int128(0);
        const Int128 holds = credit_.held_by(id);
        const Int128 wanted = holds - due > ahead / 3 * 2 ? holds : due + ahead;
        if (runs || due > holds)
            if (const auto change = credit_.hold(id, wanted, now, hold_lives))
                take(*change, now, decision.entries);
        const Int128 held = credit_.held_by(id);
        if (held <= due && (runs || credit_.available(now) <= 0)) {
            decision.notices.push_back(
                {.session_id = id,
                 .name = "warned:credit",
                 .payload = warning_json("credit", true, held, due, credit_sentence),
                 .message = credit_sentence,
                 .stops = true});
            continue;
        }
        if (!runs) continue;
        decision.look_again =
            std::min(decision.look_again, lasts(held - due, used.minute_ahead, 1, hold_renewed));
    }
    for (const Used::Late& late : used.late)
        if (late.amount > 0) pay(late.use.session_id, late.amount, now, decision.entries);
    expire(used, now, decision.entries);
    if (const auto next = credit_.next_expiry()) {
        const Millis until = std::max(*next - now, Millis(1));
        decision.look_again =
            decision.look_again == Millis(0) ? until : std::min(decision.look_again, until);
    }
}

// Of a call that is over. Its last words may have cost more than it held, or have been told when it
// held nothing any more: what there is pays them.
void Account::pay(const std::string& session_id, Int128 due, WallTime now,
                  std::vector<Entry>& entries) {
    if (due > credit_.held_by(session_id))
        if (const auto more = credit_.hold(session_id, due, now, hold_lives))
            take(*more, now, entries);
    if (const auto change = credit_.resolve(session_id, due)) take(*change, now, entries);
}

void Account::judge_budgets(const Used& used, WallTime now, Decision& decision) {
    for (const Reached& one : reached(budgets_, used, now)) {
        const Notice notice = notice_of(one, now);
        decision.notices.push_back(notice);
        if (!notice.session_id.empty()) continue;
        decision.notices.back().stops = false;
        for (const Used::Call& call : used.calls) {
            if (call.use.over) continue;
            decision.notices.push_back(notice);
            decision.notices.back().session_id = call.use.session_id;
        }
    }
}

Result<std::vector<Entry>> Account::admit(const std::string& session_id, const Used& used,
                                          WallTime now) {
    for (const Reached& one : reached(budgets_, used, now))
        if (one.stops() && one.session_id.empty())
            return fail(Code::not_allowed, "budget_exceeded",
                        fmt::format("the budget {} is used up", one.budget->id));
    std::vector<Entry> entries;
    if (!credit_.counts()) return entries;
    if (is_foreign(used))
        return fail(Code::not_allowed, "credit_exhausted",
                    fmt::format("the credit is in {}, and calls are priced in {}", currency_,
                                used.currency));
    const Int128 wanted = std::max(used.minute_ahead, Int128(1));
    if (const auto change = credit_.hold(session_id, wanted, now, hold_lives))
        take(*change, now, entries);
    if (credit_.held_by(session_id) <= 0)
        return fail(Code::not_allowed, "credit_exhausted", "nothing of the credit is left");
    return entries;
}

std::vector<Entry> Account::release(const std::string& session_id) {
    std::vector<Entry> entries;
    if (const auto change = credit_.resolve(session_id, 0)) take(*change, WallTime(), entries);
    return entries;
}

}  // namespace lifeline::budget
