#include "app/card_book_desk.h"

#include <fmt/format.h>

#include <utility>

#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "session/sessions.h"

namespace lifeline::app {

namespace {

constexpr const char* cards_stream = "sys_billing";

std::string activated_json(const pricing::Card& card, const std::string& by) {
    contract::JsonWriter json;
    json.object().key("by").value(by).key("sha256").value(card.sha256).end();
    const std::string rest = json.take();
    return contract::canonical_json(card.json.substr(0, card.json.size() - 1) + "," +
                                    rest.substr(1));
}

std::string assigned_json(const api::CardDesk::Assigning& assigning) {
    contract::JsonWriter json;
    json.object().key("by").value(assigning.by).key("card").value(assigning.assignment.card);
    json.key("effectiveFrom").value(text_of(assigning.assignment.effective_from));
    if (!assigning.reason.empty()) json.key("reason").value(assigning.reason);
    json.end();
    return json.take();
}

}  // namespace

// What was judged in an hour is written in it: whoever verifies sees only when it was written.
bool CardBookDesk::is_over(WallTime judged) const {
    return window_of(judged) != window_of(parts_.home.clock().wall());
}

void CardBookDesk::activate(pricing::Card card, std::string by, Loop& from,
                            journal::Done<bool> done) {
    auto shared = std::make_shared<pricing::Card>(std::move(card));
    turns_.take([this, shared, by = std::move(by),
                 done = session::on_loop<bool>(from, std::move(done))]() mutable {
        judge(shared, std::move(by), std::move(done));
    });
}

void CardBookDesk::judge(std::shared_ptr<pricing::Card> card, std::string by,
                         journal::Done<bool> done) {
    using Standing = pricing::CardBook::Standing;
    const WallTime now = parts_.home.clock().wall();
    parts_.billing.with_cards<Standing>(
        parts_.home,
        [this, alive = alive_, card, now, by = std::move(by),
         done = std::move(done)](const Result<Standing>& standing) mutable {
            if (!*alive) return;
            if (!standing || *standing == Standing::known) {
                turns_.end();
                return done(standing ? Result<bool>(false) : fail(standing.error()));
            }
            if (is_over(now)) return judge(card, std::move(by), std::move(done));
            parts_.writer.write(
                {.stream = cards_stream,
                 .name = fmt::format("card:{}", card->sha256.substr(0, 40)),
                 .type = "billing.card.activated",
                 .payload = activated_json(*card, by),
                 .done = [this, alive, done = std::move(done)](const Status& written) mutable {
                     if (!*alive) return;
                     turns_.end();
                     done(written ? Result<bool>(true) : fail(written.error()));
                 }});
        },
        [card, now](billing::BillingStore& store) { return store.judge(*card, now); });
}

void CardBookDesk::assign(api::CardDesk::Assigning assigning, Loop& from,
                          journal::Done<void> done) {
    auto shared = std::make_shared<api::CardDesk::Assigning>(std::move(assigning));
    turns_.take([this, shared, done = session::on_loop<void>(from, std::move(done))]() mutable {
        judge(shared, std::move(done));
    });
}

void CardBookDesk::judge(std::shared_ptr<api::CardDesk::Assigning> assigning,
                         journal::Done<void> done) {
    if (parts_.directory.account(assigning->account_id) == nullptr) {
        turns_.end();
        return done(fail(Code::not_found, "account_not_found",
                         fmt::format("there is no account {}", assigning->account_id)));
    }
    const WallTime now = parts_.home.clock().wall();
    parts_.billing.with_cards<bool>(
        parts_.home,
        [this, alive = alive_, assigning, now,
         done = std::move(done)](const Result<bool>& may) mutable {
            if (!*alive) return;
            if (!may) {
                turns_.end();
                return done(fail(may.error()));
            }
            if (is_over(now)) return judge(assigning, std::move(done));
            parts_.writer.write(
                {.stream = assigning->account_id,
                 .name = "assigned:",
                 .type = "billing.card.assigned",
                 .payload = assigned_json(*assigning),
                 .done = [this, alive, done = std::move(done)](Status written) mutable {
                     if (!*alive) return;
                     turns_.end();
                     done(std::move(written));
                 }});
        },
        [assigning, now](billing::BillingStore& store) -> Result<bool> {
            const auto may = store.judge(assigning->account_id, assigning->assignment, now);
            if (!may) return fail(may.error());
            return true;
        });
}

}  // namespace lifeline::app
