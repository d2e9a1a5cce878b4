#include "app/finding_desk.h"

#include <fmt/format.h>

#include <utility>

#include "app/finding_books.h"
#include "base/fact_id.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "session/sessions.h"

namespace lifeline::app {

namespace {

using contract::Json;
using findings::Finding;
using findings::FindingsStore;
using findings::State;

std::string text_in(const Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

pricing::Int128 number_in(const Json& json, std::string_view key) {
    return pricing::parse_int128(json.text(key).value_or("0")).value_or(pricing::Int128(0));
}

struct Priced {
    std::string meter;
    std::string card;
    std::uint32_t version = 0;
    std::string currency;
    std::string known;  // The adjustment of this id that is there already.
};

Result<Priced> price(billing::BillingStore& store, const FindingDesk::Adjusting& adjusting) {
    const pricing::Card* const card = store.card_of(adjusting.account_id, adjusting.window);
    const pricing::Item* const item = card == nullptr ? nullptr : card->find(adjusting.item);
    if (item == nullptr)
        return fail(Code::not_found, "card_not_found",
                    fmt::format("the card of that hour has no item {}", adjusting.item));
    if (!adjusting.corrects.empty()) {
        const auto corrected = store.entry(adjusting.account_id, adjusting.corrects);
        if (!corrected) return fail(corrected.error());
        if (!*corrected)
            return fail(Code::not_found, "charge_not_found",
                        fmt::format("the account has no charge {}", adjusting.corrects));
    }
    const auto known = store.entry(adjusting.account_id, adjusting.id);
    if (!known) return fail(known.error());
    return Priced{item->meter, card->name, card->version, card->currency,
                  *known ? (*known)->payload_json : std::string()};
}

std::string adjustment_json(const FindingDesk::Adjusting& adjusting, const Priced& priced) {
    contract::JsonWriter json;
    json.object().key("adjustmentId").value(adjusting.id);
    json.key("amountDelta").value(pricing::to_text(adjusting.correction.amount_delta));
    json.key("by").value(adjusting.by).key("card").value(priced.card);
    json.key("cardVersion").value(priced.version).key("cause").value(adjusting.reason);
    if (!adjusting.corrects.empty()) json.key("corrects").value(adjusting.corrects);
    json.key("currency").value(priced.currency);
    if (!adjusting.finding_id.empty()) json.key("findingId").value(adjusting.finding_id);
    json.key("item").value(adjusting.item);
    json.key("kind").value(adjusting.kind).key("meter").value(priced.meter);
    json.key("quantityDelta").value(std::to_string(adjusting.correction.quantity_delta));
    json.key("serviceWindow").value(text_of(adjusting.window)).end();
    return contract::canonical_json(json.take());
}

std::string_view kind_of(State state, std::string_view klass, const pricing::Correction& delta) {
    if (state == State::written_off) return "write_off";
    if (klass == "duplicate") return "duplicate";
    if (klass == "price_mismatch") return "price_fix";
    return delta.quantity_delta < 0 || delta.amount_delta < 0 ? "over" : "under";
}

Error no_finding(const std::string& id) {
    return {Code::not_found, "finding_not_found", "there is no finding " + id + " here", {}};
}

}  // namespace

void FindingDesk::closed(Window window, journal::Done<void> done) {
    parts_.metering.standing(parts_.home, [alive = alive_, window, done = std::move(done)](
                                              const Result<metering::Standing>& standing) mutable {
        if (!*alive) return;
        if (!standing) return done(fail(standing.error()));
        if (!standing->closed || *standing->closed < window)
            return done(fail(Code::conflict, "window_open",
                             fmt::format("{} is not closed yet", text_of(window))));
        done({});
    });
}

void FindingDesk::known(std::string account_id, journal::Done<void> done) {
    if (parts_.directory.account(account_id) != nullptr) return done({});
    parts_.billing.with_cards<std::string>(
        parts_.home,
        [alive = alive_, account_id,
         done = std::move(done)](const Result<std::string>& currency) mutable {
            if (!*alive) return;
            if (!currency) return done(fail(currency.error()));
            if (currency->empty())
                return done(fail(Code::not_found, "account_not_found",
                                 fmt::format("there is no account {}", account_id)));
            done({});
        },
        [account_id](billing::BillingStore& store) { return store.currency_of(account_id); });
}

void FindingDesk::adjust(Adjusting adjusting, Loop& from, journal::Done<std::string> done) {
    auto shared = std::make_shared<const Adjusting>(std::move(adjusting));
    turns_.take(
        [this, shared, done = session::on_loop<std::string>(from, std::move(done))]() mutable {
            auto ended = [this, done = std::move(done)](Result<std::string> outcome) mutable {
                turns_.end();
                done(std::move(outcome));
            };
            known(shared->account_id,
                  [this, shared, ended = std::move(ended)](const Status& is_known) mutable {
                      if (!is_known) return ended(fail(is_known.error()));
                      closed(shared->window,
                             [this, shared, ended = std::move(ended)](const Status& is) mutable {
                                 if (!is) return ended(fail(is.error()));
                                 judge(shared, std::move(ended));
                             });
                  });
        });
}

void FindingDesk::judge(AdjustingPtr adjusting, journal::Done<std::string> done) {
    parts_.billing.with_cards<Priced>(
        parts_.home,
        [this, alive = alive_, adjusting,
         done = std::move(done)](const Result<Priced>& priced) mutable {
            if (!*alive) return;
            if (!priced) return done(fail(priced.error()));
            std::string payload = adjustment_json(*adjusting, *priced);
            if (!priced->known.empty() && priced->known != payload)
                return done(fail(Code::conflict, "id_conflict",
                                 "another adjustment was made under this key"));
            parts_.writer.write(
                {.stream = adjusting->account_id,
                 .name = "book:" + adjusting->id,
                 .type = "billing.adjustment.created",
                 .payload = payload,
                 .done = [alive, payload, done = std::move(done)](const Status& written) mutable {
                     if (!*alive) return;
                     if (!written) return done(fail(written.error()));
                     done(std::move(payload));
                 }});
        },
        [adjusting](billing::BillingStore& store) { return price(store, *adjusting); });
}

void FindingDesk::discard_alert(api::ReconciliationDesk::Moving moving, Loop& from,
                                journal::Done<void> done) {
    using Parked = std::optional<findings::ParkedAlert>;
    turns_.take([this, moving,
                 done = turns_.ending(session::on_loop<void>(from, std::move(done)))]() mutable {
        parts_.findings.ask<Parked>(
            parts_.home,
            [this, alive = alive_, moving,
             done = std::move(done)](const Result<Parked>& parked) mutable {
                if (!*alive) return;
                if (!parked) return done(Status(fail(parked.error())));
                if (!*parked)
                    return done(
                        Status(fail(Code::not_found, "alert_not_found",
                                    fmt::format("no alert {} was given up", moving.alert_id))));
                contract::JsonWriter json;
                json.object().key("alertId").value(moving.alert_id);
                json.key("attempts").value((*parked)->attempts).key("by").value(moving.by);
                json.key("state").value("discarded").end();
                parts_.writer.write({.stream = (*parked)->stream,
                                     .name = fmt::format("alert:{}:discarded", moving.alert_id),
                                     .type = "billing.alert.settled",
                                     .payload = json.take(),
                                     .done = [done = std::move(done)](Status written) mutable {
                                         done(std::move(written));
                                     }});
            },
            [id = moving.alert_id](FindingsStore& store) { return store.parked(id); });
    });
}

void FindingDesk::take_turn(std::move_only_function<void(Job end)> job) {
    turns_.take([this, job = std::move(job)]() mutable {
        job([this, alive = alive_] {
            if (*alive) turns_.end();
        });
    });
}

void FindingDesk::resolve(Resolving resolving, Loop& from, journal::Done<Finding> done) {
    auto shared = std::make_shared<const Resolving>(std::move(resolving));
    turns_.take([this, shared, done = session::on_loop<Finding>(from, std::move(done))]() mutable {
        judge(shared, [this, done = std::move(done)](Result<Finding> outcome) mutable {
            turns_.end();
            done(std::move(outcome));
        });
    });
}

void FindingDesk::judge(ResolvingPtr resolving, journal::Done<Finding> done) {
    parts_.findings.ask<std::optional<Finding>>(
        parts_.home,
        [this, alive = alive_, resolving,
         done = std::move(done)](const Result<std::optional<Finding>>& found) mutable {
            if (!*alive) return;
            if (!found) return done(fail(found.error()));
            if (!*found || (*found)->account_id != resolving->account_id)
                return done(fail(no_finding(resolving->finding_id)));
            const Finding& finding = **found;
            if (const auto may = findings::judge_change(finding.state, resolving->state,
                                                        findings::Mover::person);
                !may)
                return done(fail(may.error()));
            if (resolving->state == State::adjusted || resolving->state == State::written_off)
                return book(resolving, finding, std::move(done));
            move(resolving, finding.history.size(), {}, std::move(done));
        },
        [id = resolving->finding_id](FindingsStore& store) { return store.find(id); });
}

// Expected less booked, as the books are now: done twice it adds nothing. What is expected is as it
// was counted, so that nothing may be booked since. A difference that arose in measuring or at a
// sink is not one of the books.
void FindingDesk::book(ResolvingPtr resolving, const Finding& finding,
                       journal::Done<Finding> done) {
    const auto payload = Json::parse(finding.payload);
    if (!payload) return done(fail(payload.error()));
    const std::string layer = text_in(*payload, "layer");
    const std::string item = text_in(*payload, "item");
    const auto window = parse_window(text_in(*payload, "window"));
    const std::size_t step = finding.history.size();
    if ((layer != "rate" && layer != "book") || item.empty() || !window ||
        !payload->text("expectedAmount"))
        return move(resolving, step, {}, std::move(done));
    const pricing::Booking expected{
        static_cast<std::int64_t>(number_in(*payload, "expectedQuantity")),
        number_in(*payload, "expectedAmount")};
    auto adjusting = std::make_shared<Adjusting>(Adjusting{
        .account_id = finding.account_id,
        .kind = {},
        .window = *window,
        .item = item,
        .correction = {},
        .corrects = {},
        .by = resolving->by,
        .reason = resolving->reason,
        .id = fact_id("ba_", {"finding", finding.id, finding.run_id, std::to_string(step)}),
        .finding_id = finding.id});
    parts_.billing.with_cards<BooksOfHour>(
        parts_.home,
        [this, alive = alive_, resolving, adjusting, expected, step,
         klass = text_in(*payload, "class"),
         done = std::move(done)](const Result<BooksOfHour>& books) mutable {
            if (!*alive) return;
            if (!books) return done(fail(books.error()));
            // It was booked, and the crash came before its state.
            if (books->resolved) return move(resolving, step, adjusting->id, std::move(done));
            parts_.findings.ask<std::uint64_t>(
                parts_.home,
                [this, alive, resolving, adjusting, expected, step, klass, books = *books,
                 done = std::move(done)](const Result<std::uint64_t>& counted) mutable {
                    if (!*alive) return;
                    if (!counted) return done(fail(counted.error()));
                    const auto left = left_to_book(expected, *counted, books, resolving->state);
                    if (!left) return done(fail(left.error()));
                    if (left->nothing()) return move(resolving, step, {}, std::move(done));
                    adjusting->correction = *left;
                    adjusting->kind = kind_of(resolving->state, klass, *left);
                    judge(adjusting,
                          [this, alive, resolving, step, id = adjusting->id,
                           done = std::move(done)](const Result<std::string>& made) mutable {
                              if (!*alive) return;
                              if (!made) return done(fail(made.error()));
                              move(resolving, step, id, std::move(done));
                          });
                },
                [window = adjusting->window](FindingsStore& store) {
                    return store.counted(window);
                });
        },
        [adjusting](billing::BillingStore& store) -> Result<BooksOfHour> {
            const auto entries = store.entries({.account_id = adjusting->account_id,
                                                .from = adjusting->window,
                                                .to = adjusting->window + std::chrono::hours(1),
                                                .limit = 100'000});
            if (!entries) return fail(entries.error());
            return books_of(*entries, adjusting->item, adjusting->id);
        });
}

// Named by how many changes there were before, so that the same step is not taken twice.
void FindingDesk::move(ResolvingPtr resolving, std::size_t step, std::string adjustment_id,
                       journal::Done<Finding> done) {
    contract::JsonWriter json;
    json.object();
    if (!adjustment_id.empty()) json.key("adjustmentId").value(adjustment_id);
    json.key("by").value(resolving->by).key("findingId").value(resolving->finding_id);
    json.key("reason").value(resolving->reason);
    json.key("state").value(findings::to_text(resolving->state)).end();
    parts_.writer.write(
        {.stream = resolving->account_id,
         .name = fmt::format("found:{}:{}", resolving->finding_id, step),
         .type = "billing.finding.changed",
         .payload = json.take(),
         .done = [this, alive = alive_, resolving,
                  done = std::move(done)](const Status& written) mutable {
             if (!*alive) return;
             if (!written) return done(fail(written.error()));
             parts_.findings.ask<Finding>(
                 parts_.home, std::move(done),
                 [id = resolving->finding_id](FindingsStore& store) -> Result<Finding> {
                     auto found = store.find(id);
                     if (!found) return fail(found.error());
                     if (!*found) return fail(no_finding(id));
                     return **std::move(found);
                 });
         }});
}

}  // namespace lifeline::app
