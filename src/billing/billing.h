#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "billing/billing_store.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"

namespace lifeline::billing {

// What accounts are charged: which charges and adjustments are due and which are written, folded
// from the whole journal (usage records, closed hours, cards) into billing.db, with its cursor.
// Disposable: whatever crashes, what is due stays due, and what is written is due no more. Lives on
// its loop; may be asked from any.
class Billing {
public:
    Billing(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Called on the home loop when something may have become due.
    void on_due(std::function<void()> tell) { tell_ = std::move(tell); }

    void due(std::size_t limit, Loop& from, journal::Done<std::vector<DueEntry>> done);
    void entries(ChargeQuery query, Loop& from, journal::Done<std::vector<EntryRow>> done);
    // Refused: what cannot be counted.
    void statement(std::string account_id, Month month, Loop& from,
                   journal::Done<pricing::Statement> done);

    // Asked on the view's worker, with the cards as the journal has them now.
    template <class T, class Question>
    void with_cards(Loop& from, journal::Done<T> done, Question question) {
        view_.ask<T>(from, std::move(done),
                     [question = std::move(question)](BillingStore& store) mutable -> Result<T> {
                         return question(store);
                     });
    }

private:
    using View = journal::View<BillingStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    std::function<void()> tell_;
    View view_;
};

}  // namespace lifeline::billing
