#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "billing/billing_store.h"
#include "journal/journal.h"
#include "journal/view_front.h"

namespace lifeline::billing {

// What accounts are charged: which charges and adjustments are due and which are written, folded
// from the whole journal (usage records, closed hours, cards) into billing.db, with its cursor.
// Disposable: whatever crashes, what is due stays due, and what is written is due no more.
class Billing : public journal::ViewFront<BillingStore> {
public:
    using ViewFront::ViewFront;

    // Called on the home loop when something may have become due.
    using ViewFront::on_change;

    void due(std::size_t limit, Loop& from, journal::Done<std::vector<DueEntry>> done);
    // Statements of months that are over and that cannot be made up.
    void stuck(std::size_t limit, Loop& from, journal::Done<std::vector<StuckStatement>> done);
    void entries(ChargeQuery query, Loop& from, journal::Done<std::vector<EntryRow>> done);
    // Refused: what cannot be counted.
    void statement(std::string account_id, Month month, Loop& from,
                   journal::Done<pricing::Statement> done);
    // The same, and all that it follows from.
    void proof(std::string account_id, Month month, CostCard cost, Loop& from,
               journal::Done<ProofPlan> done);

    // Asked on the view's worker, with the cards as the journal has them now.
    template <class T, class Question>
    void with_cards(Loop& from, journal::Done<T> done, Question question) {
        ask<T>(from, std::move(done),
               [question = std::move(question)](BillingStore& store) mutable -> Result<T> {
                   return question(store);
               });
    }

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::billing
