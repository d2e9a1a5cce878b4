#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "billing/charge_query.h"
#include "findings/workflow.h"
#include "pricing/correction.h"

namespace lifeline::app {

// What the books have of an item's hour, as reconciliation reads them, and beside it what was
// written off there for findings: reconciliation does not see that, and it is money all the same.
// A write-off of no finding is a gift, and mends nothing.
struct BooksOfHour {
    pricing::Booking booked;
    pricing::Booking written_off;
    std::uint64_t position = 0;  // Of the newest that is booked.
    bool resolved = false;       // What is to be booked now stands there.
};
// Of all entries of one account's hour; `id` is of what is to be booked.
Result<BooksOfHour> books_of(const std::vector<billing::EntryRow>& entries, std::string_view item,
                             std::string_view id);

// What is to be booked for a finding that becomes `to`. Whatever was booked or written off for any
// finding of this hour counts, so nothing is ever given back or charged twice. Writing off charges
// nobody. Refused: an adjustment of which nothing is left but what was written off; and where
// something was booked behind the position up to which the hour was counted, of which what is
// expected knows nothing.
Result<pricing::Correction> left_to_book(const pricing::Booking& expected, std::uint64_t counted,
                                         const BooksOfHour& books, findings::State to);

}  // namespace lifeline::app
