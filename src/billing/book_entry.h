#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/card.h"
#include "pricing/correction.h"

namespace lifeline::billing {

// What an account is charged for, in one hour.
struct ChargeKey {
    std::string account_id;
    std::string item;
    Window window;
};

// The usage records of a charge or an adjustment, in the order of the journal.
struct RecordsOf {
    std::string meter;
    std::string unit;
    std::int64_t quantity = 0;
    std::vector<std::string> ids;
    std::int64_t volume = 0;  // Of all of them, whichever way each goes.
};

// Something that is to be written into an account's stream.
struct DueEntry {
    std::string id;  // Derived from the fact: the sinks' idempotency key, too.
    std::string account_id;
    std::string type;
    std::string payload;

    friend bool operator==(const DueEntry&, const DueEntry&) = default;
};

// One for each item of a card's version in an hour: billing.usage.recorded. `cost` where it is
// known.
DueEntry charge_entry(const ChargeKey& key, const pricing::Card& card, const RecordsOf& records,
                      pricing::Int128 amount, std::optional<pricing::Int128> cost);

// A month that is over and whose statement cannot be made up, so that it stays open.
struct StuckStatement {
    std::string account_id;
    Month month;
    Error error;
};

// What late words change: billing.adjustment.created. `cause` is the id of the record that came
// late; `charge_id` what it corrects, if there is any.
struct Late {
    std::string cause;
    bool corrected = false;  // It corrects another record, and does not just come late.
    std::string charge_id;
    std::string meter;
};
DueEntry adjustment_entry(const ChargeKey& key, const pricing::Card& card, const Late& late,
                          const pricing::Correction& correction, const pricing::Booking& expected);

// What an item lacks to the least that is paid for it in a month: once for each, when the month is
// over, whatever cards priced it.
DueEntry minimum_entry(const ChargeKey& last_hour, const pricing::Card& card,
                       std::string_view meter, pricing::Int128 amount);
// What a closed month's minimum is more or less by what came later.
DueEntry minimum_entry(const ChargeKey& last_hour, const pricing::Card& card,
                       std::string_view meter, pricing::Int128 delta, std::string_view cause);

}  // namespace lifeline::billing
