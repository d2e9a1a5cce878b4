#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "billing/book_entry.h"
#include "billing/charge_query.h"
#include "billing/charge_trace.h"
#include "billing/margin.h"
#include "billing/proof_plan.h"
#include "contract/event.h"
#include "journal/view_tables.h"
#include "pricing/card_book.h"

namespace lifeline::billing {

// One event that means something for billing, as it stands in the journal.
struct Happening {
    std::string stream;
    std::uint64_t seq = 0;
    std::uint64_t position = 0;
    contract::Event event;
};

// By which accounts pay that were assigned none.
inline constexpr std::string_view standard_card = "standard";
// What the same usage costs us.
inline constexpr std::string_view cost_card = "cost";

// The tables.
class BillingStore : public journal::ViewTables {
public:
    static Result<BillingStore> open(const std::string& path, const journal::ViewSource& source);
    // As ViewFile::look; only what is asked of it.
    static Result<BillingStore> look(const std::string& path);

    Status apply(const std::vector<Happening>& happenings, std::uint64_t cursor);

    // In the order in which they became due.
    Result<std::vector<DueEntry>> due(std::size_t limit);
    // The oldest first.
    Result<std::vector<StuckStatement>> stuck(std::size_t limit);
    Result<std::vector<EntryRow>> entries(const ChargeQuery& query);
    // The account's charge or adjustment of this id.
    Result<std::optional<EntryRow>> entry(const std::string& account_id, const std::string& id);
    // All that a statement is made of.
    Result<pricing::StatementInput> month(const std::string& account_id, Month month);
    // One of them and all that it follows from; the records by their ids.
    Result<std::optional<ChargeTrace>> trace(const std::string& account_id, const std::string& id);
    Result<Margin> margin(const MarginQuery& query);
    // What a month's statement follows from (billing_proof.cpp).
    Result<ProofPlan> proof(const std::string& account_id, Month month,
                            CostCard cost = CostCard::left_out);
    // What only a part of the journal does not tell: that there is a statement to be closed.
    Status will_close(const std::string& account, Month month);
    // What is to be written under this id; nothing: nothing is.
    Result<std::optional<DueEntry>> due_entry(const std::string& id);
    // What closes the month's statement, as it is now.
    Result<DueEntry> closing(const std::string& account, Month month);
    // In which the account was charged so far; empty: it was not.
    Result<std::string> currency_of(const std::string& account_id);
    // Whether an account may pay by a card, and whether a card may be put in force.
    Status judge(const std::string& account, const pricing::Assignment& assignment, WallTime now);
    Result<pricing::CardBook::Standing> judge(const pricing::Card& card, WallTime now);
    Status judge_credit(const pricing::Card& card);
    const pricing::CardBook& book() const { return book_; }
    // By which the account pays for this hour; null: by none.
    const pricing::Card* card_of(const std::string& account, Window window) const;
    const pricing::Assignments* assignments(std::string_view account_id) const;

private:
    using ViewTables::ViewTables;
    // A usage record as it is charged.
    struct Used {
        std::string record;
        std::string session;
        std::string account;
        Window window;
        std::string meter;
        pricing::Words dims;
        std::string unit;
        std::int64_t quantity = 0;
        bool corrected = false;
        std::uint64_t position = 0;  // Of its record.
        WallTime told = {};          // When it was written down, where that is after the closing.
    };
    Status read_cards();
    Result<std::string> unit_of(const std::string& account, const std::string& item, Window hour);
    Status take(const Happening& one);
    Status take_assigned(const Happening& one);
    Status take_used(const Happening& one);
    Status take_closed(const Happening& one);
    Status take_written(const Happening& one);
    Status charge(const std::string& account, Window window, const std::vector<Used>& used,
                  std::uint64_t position);
    Status late(const Used& used, std::uint64_t position);
    Status add_use(const ChargeKey& key, const pricing::Card& card, const RecordsOf& records);
    Status adjust_month(const ChargeKey& key, const Used& used, std::uint64_t position);
    Status unpriced(const Used& used);
    // billing_proof.cpp
    Status add_cards(const std::string& account_id, std::int64_t until, CostCard cost,
                     std::set<std::uint64_t>& found);
    Status keep_used(const Used& used, Month statement);
    // The statement's closing event; 0: it is open.
    Result<std::uint64_t> closed_at(const std::string& account, Month month);
    // billing_costs.cpp
    Status add_cost(const ChargeKey& key, const pricing::Card& card, const Used& used, bool late);
    Result<std::optional<pricing::Int128>> cost_of(const ChargeKey& key);
    Result<CostsOf> costs(const MarginQuery& query);
    // billing_currency.cpp
    Result<Window> first_open();
    Result<std::vector<Window>> used_hours(const std::string& account);
    // billing_closing.cpp
    Result<std::int64_t> fact(std::string_view name);
    Status seal(Window window);
    using AccountMonths = std::vector<std::pair<std::string, Month>>;
    Result<AccountMonths> to_close();
    // What is to be written before a month's statement can be closed: its minimums.
    Result<std::vector<DueEntry>> minimums(const std::string& account, Month month);
    Result<bool> is_open(const std::string& account, Month month);
    Status add_closings(std::vector<DueEntry>& due, std::size_t limit);
    Status take_statement(const Happening& one);
    Status settle_minimums(const std::string& account, const std::string& item, Month month,
                           const std::string& cause, std::uint64_t position);
    Result<pricing::Booking> by_hand(const std::string& account, const std::string& item,
                                     Month month);
    Result<std::int64_t> month_before(const ChargeKey& key);
    Result<std::int64_t> month_volume(const ChargeKey& key);
    Status book_it(const ChargeKey& key, const pricing::Booking& expected);
    Status keep_due(const DueEntry& entry, std::uint64_t position);

    pricing::CardBook book_;
    std::map<std::string, pricing::Assignments, std::less<>> assignments_;
};

}  // namespace lifeline::billing
