// What people are told of, and change in, what accounts may use.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/spend_guard.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

using pricing::Int128;
using pricing::to_text;

void write_budget(contract::JsonWriter& json, const budget::Budget& one, const budget::Used* used,
                  WallTime now) {
    json.object().key("budgetId").value(one.id).key("scope").value(budget::to_text(one.scope));
    json.key("period").value(budget::to_text(one.period));
    if (!one.meter.empty()) json.key("meter").value(one.meter);
    if (one.limit) json.key("limit").value(to_text(*one.limit));
    if (!one.warn_at.empty()) {
        json.key("warnAt").array();
        for (const int percent : one.warn_at) json.value(percent);
        json.end();
    }
    json.key("hard").value(one.hard);
    if (used != nullptr) {
        const Int128 so_far = budget::used_of(one, *used, now);
        json.key("used").value(to_text(so_far));
        json.key("reached").value(one.limit && so_far >= *one.limit);
    }
    json.end();
}

// What was booked of an account.
struct Booked {
    Int128 charged = 0;
    Int128 adjusted = 0;
    Int128 since = 0;  // Of hours in which there was credit.
    std::string currency = {};
};

Result<Booked> booked_of(billing::BillingStore& store, const std::string& account_id,
                         const std::optional<WallTime>& credit_since) {
    Booked booked;
    billing::ChargeQuery query{.account_id = account_id, .limit = 1000};
    for (;;) {
        const auto rows = store.entries(query);
        if (!rows) return fail(rows.error());
        for (const auto& row : *rows) {
            const auto entry = contract::Json::parse(row.payload_json);
            if (!entry) return fail(entry.error());
            const bool charge = row.type == "billing.usage.recorded";
            const auto amount =
                pricing::parse_int128(entry->text(charge ? "amount" : "amountDelta").value_or("0"));
            Int128& sum = charge ? booked.charged : booked.adjusted;
            sum = pricing::add_bounded(sum, amount.value_or(Int128(0)));
            const auto hour =
                parse_window(entry->text(charge ? "window" : "serviceWindow").value_or(""));
            if (credit_since && (!hour || *hour >= window_of(*credit_since)))
                booked.since = pricing::add_bounded(booked.since, amount.value_or(Int128(0)));
            if (const auto currency = entry->text("currency")) booked.currency = *currency;
            query.after = row.position;
        }
        if (rows->size() < query.limit) return booked;
    }
}

// Books in which every amount stands twice, on both sides: so they are equal.
class Books {
public:
    void book(std::size_t debit, std::size_t credit, Int128 amount) {
        if (amount < 0) return book(credit, debit, -amount);
        entries_[debit].debit += amount;
        entries_[credit].credit += amount;
    }
    void write(contract::JsonWriter& json) const {
        Int128 debits = 0;
        Int128 credits = 0;
        json.key("entries").array();
        for (const Entry& entry : entries_) {
            debits += entry.debit;
            credits += entry.credit;
            if (entry.debit == 0 && entry.credit == 0) continue;
            json.object().key("name").value(entry.name);
            json.key("debit").value(to_text(entry.debit));
            json.key("credit").value(to_text(entry.credit)).end();
        }
        json.end().key("debits").value(to_text(debits));
        json.key("credits").value(to_text(credits));
    }

private:
    struct Entry {
        std::string_view name;
        Int128 debit = 0;
        Int128 credit = 0;
    };
    std::array<Entry, 8> entries_{{{"owed"},
                                   {"charged"},
                                   {"adjusted"},
                                   {"credit granted"},
                                   {"credit available"},
                                   {"held"},
                                   {"credit used"},
                                   {"credit run out"}}};
};
enum : std::size_t { owed, charged, adjusted, granted, available, held, spent, run_out };

std::string balance_json(const std::string& account_id, const Booked& booked,
                         const budget::Account& account, WallTime now) {
    const budget::Credit& credit = account.credit();
    Books books;
    books.book(owed, charged, booked.charged);
    books.book(owed, adjusted, booked.adjusted);
    books.book(granted, available, credit.granted());
    books.book(available, held, credit.held() + credit.used());
    books.book(held, spent, credit.used());
    books.book(available, run_out, credit.lapsed(now));
    contract::JsonWriter json;
    json.object().key("accountId").value(account_id);
    const std::string& currency = account.currency().empty() ? booked.currency : account.currency();
    if (!currency.empty()) json.key("currency").value(currency);
    books.write(json);
    json.key("charged").value(to_text(booked.charged + booked.adjusted));
    if (credit.counts()) {
        json.key("granted").value(to_text(credit.granted() - credit.lapsed(now)));
        json.key("held").value(to_text(credit.held()));
        json.key("available").value(to_text(credit.available(now)));
        json.key("unpaid").value(to_text(std::max(booked.since - credit.used(), Int128(0))));
    }
    json.end();
    return json.take();
}

std::string granted_json(const api::BudgetDesk::Granting& one, bool whole) {
    contract::JsonWriter json;
    json.object().key("creditId").value(one.credit_id);
    json.key("amount").value(to_text(one.amount)).key("currency").value(one.currency);
    if (!one.expires_at.empty()) json.key("expiresAt").value(one.expires_at);
    if (whole) json.key("by").value(one.by).key("reason").value(one.reason);
    json.end();
    return json.take();
}

std::unexpected<Error> no_account(const std::string& account_id) {
    return fail(Code::not_found, "account_not_found",
                fmt::format("there is no account {}", account_id));
}

}  // namespace

void SpendGuard::list(std::string account_id, Loop& from, journal::Done<std::string> done) {
    ready(account_id,
          [this, account_id, done = session::on_loop<std::string>(from, std::move(done))](
              const Status& read) mutable {
              if (!read) return done(fail(read.error()));
              look(account_id, [this, account_id,
                                done = std::move(done)](const Result<budget::Used>& used) mutable {
                  if (!used) return done(fail(used.error()));
                  contract::JsonWriter json;
                  json.object().key("budgets").array();
                  for (const auto& [id, one] : watched(account_id).account.budgets())
                      write_budget(json, one, &*used, parts_.home.clock().wall());
                  json.end().end();
                  done(json.take());
              });
          });
}

void SpendGuard::balance(std::string account_id, Loop& from, journal::Done<std::string> done) {
    ready(account_id,
          [this, account_id, done = session::on_loop<std::string>(from, std::move(done))](
              const Status& read) mutable {
              if (!read) return done(fail(read.error()));
              const auto since = watched(account_id).account.credit().since();
              parts_.billing.with_cards<Booked>(
                  parts_.home,
                  [this, alive = alive_, account_id,
                   done = std::move(done)](const Result<Booked>& booked) mutable {
                      if (!*alive) return;
                      if (!booked) return done(fail(booked.error()));
                      done(balance_json(account_id, *booked, watched(account_id).account,
                                        parts_.home.clock().wall()));
                  },
                  [account_id, since](billing::BillingStore& store) {
                      return booked_of(store, account_id, since);
                  });
          });
}

void SpendGuard::change(api::BudgetDesk::Changing changing, Loop& from,
                        journal::Done<std::string> done) {
    const std::string asked_of = changing.account_id;
    ready(asked_of, [this, changing = std::move(changing),
                     done = session::on_loop<std::string>(from, std::move(done))](
                        const Status& read) mutable {
        if (!read) return done(fail(read.error()));
        const std::string& account_id = changing.account_id;
        if (parts_.directory.account(account_id) == nullptr) return done(no_account(account_id));
        if (!changing.budget.meter.empty() && !parts_.knows(changing.budget.meter))
            return done(fail(Code::malformed, "meter_unknown",
                             fmt::format("there is no meter {}", changing.budget.meter), "/meter"));
        if (const auto& failed = watched(account_id).failed) return done(fail(*failed));
        watched(account_id).account.change(changing.budget);
        contract::JsonWriter json;
        write_budget(json, changing.budget, nullptr, parts_.home.clock().wall());
        write(account_id, budget::entry_of(changing.budget, changing.by),
              [this, alive = alive_, account_id, json = json.take(),
               done = std::move(done)](const Status& written) mutable {
                  if (!*alive) return;
                  if (!written) return done(fail(written.error()));
                  watch(account_id);
                  done(std::move(json));
              });
    });
}

// In the currency that the account is charged in, or will be.
void SpendGuard::grant(api::BudgetDesk::Granting granting, Loop& from,
                       journal::Done<std::string> done) {
    auto one = std::make_shared<api::BudgetDesk::Granting>(std::move(granting));
    ready(one->account_id, [this, one, done = session::on_loop<std::string>(from, std::move(done))](
                               const Status& read) mutable {
        if (!read) return done(fail(read.error()));
        if (parts_.directory.account(one->account_id) == nullptr)
            return done(no_account(one->account_id));
        const Window hour = window_of(parts_.home.clock().wall());
        parts_.billing.with_cards<std::string>(
            parts_.home,
            [this, alive = alive_, one,
             done = std::move(done)](const Result<std::string>& currency) mutable {
                if (!*alive) return;
                if (!currency) return done(fail(currency.error()));
                if (const auto& failed = watched(one->account_id).failed)
                    return done(fail(*failed));
                budget::Account& account = watched(one->account_id).account;
                const std::optional<WallTime> expires_at = parse_rfc3339(one->expires_at);
                if (const auto* known = account.credit().find(one->credit_id);
                    known != nullptr &&
                    (known->amount != one->amount || known->expires_at != expires_at))
                    return done(
                        fail(Code::conflict, "id_conflict",
                             fmt::format("{} was granted with another content", one->credit_id)));
                const std::string& paid_in =
                    account.currency().empty() ? *currency : account.currency();
                if (!paid_in.empty() && paid_in != one->currency)
                    return done(fail(Code::conflict, "currency_differs",
                                     fmt::format("the account is charged in {}", paid_in),
                                     "/currency"));
                account.grant({.id = one->credit_id,
                               .amount = one->amount,
                               .expires_at = expires_at,
                               .at = parts_.home.clock().wall()},
                              one->currency);
                write(one->account_id,
                      {"credit:" + one->credit_id, "billing.credit.granted",
                       granted_json(*one, true)},
                      [this, alive, one, done = std::move(done)](const Status& written) mutable {
                          if (!*alive) return;
                          if (!written) return done(fail(written.error()));
                          watch(one->account_id);
                          done(granted_json(*one, false));
                      });
            },
            [account_id = one->account_id,
             hour](billing::BillingStore& store) -> Result<std::string> {
                auto currency = store.currency_of(account_id);
                if (!currency || !currency->empty()) return currency;
                const pricing::Card* const card = store.card_of(account_id, hour);
                return card == nullptr ? std::string() : card->currency;
            });
    });
}

}  // namespace lifeline::app
