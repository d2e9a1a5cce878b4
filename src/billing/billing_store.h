#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "billing/book_entry.h"
#include "billing/charge_query.h"
#include "contract/event.h"
#include "journal/view_file.h"
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

// The tables. Blocks; used by one thread at a time.
class BillingStore {
public:
    static Result<BillingStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    Status apply(const std::vector<Happening>& happenings, std::uint64_t cursor);

    // In the order in which they became due.
    Result<std::vector<DueEntry>> due(std::size_t limit);
    Result<std::vector<EntryRow>> entries(const ChargeQuery& query);
    // All that a statement is made of.
    Result<pricing::StatementInput> month(const std::string& account_id, Month month);
    // In which the account was charged so far; empty: it was not.
    Result<std::string> currency_of(const std::string& account_id);
    const pricing::CardBook& book() const { return book_; }
    const pricing::Assignments* assignments(std::string_view account_id) const;

private:
    explicit BillingStore(journal::ViewFile view) : view_(std::move(view)) {}
    // A usage record as it is charged.
    struct Used {
        std::string record;
        std::string account;
        Window window;
        std::string meter;
        pricing::Words dims;
        std::string unit;
        std::int64_t quantity = 0;
        bool corrected = false;
    };
    Status read_cards();
    Status take(const Happening& one);
    Status take_card(std::string_view payload);
    Status take_assigned(const Happening& one);
    Status take_used(const Happening& one);
    Status take_closed(const Happening& one);
    Status take_written(const Happening& one);
    const pricing::Card* card_of(const std::string& account, Window window) const;
    Status charge(const std::string& account, Window window, const std::vector<Used>& used,
                  std::uint64_t position);
    Status late(const Used& used, std::uint64_t position);
    Status add_use(const ChargeKey& key, const pricing::Card& card, const RecordsOf& records);
    Status adjust_month(const ChargeKey& key, const Used& used, std::uint64_t position);
    Status unpriced(const Used& used);
    Result<std::int64_t> month_before(const ChargeKey& key);
    Status book_it(const ChargeKey& key, const pricing::Booking& expected);
    Status keep_due(const DueEntry& entry, std::uint64_t position);
    Status run(std::string_view text, std::initializer_list<std::string_view> texts,
               std::initializer_list<std::int64_t> numbers);

    journal::ViewFile view_;
    pricing::CardBook book_;
    std::map<std::string, pricing::Assignments, std::less<>> assignments_;
};

}  // namespace lifeline::billing
