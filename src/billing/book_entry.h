#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
};

// Something that is to be written into an account's stream.
struct DueEntry {
    std::string id;  // Derived from the fact: the sinks' idempotency key, too.
    std::string account_id;
    std::string type;
    std::string payload;

    friend bool operator==(const DueEntry&, const DueEntry&) = default;
};

// One for each item of a card's version in an hour: billing.usage.recorded.
DueEntry charge_entry(const ChargeKey& key, const pricing::Card& card, const RecordsOf& records,
                      pricing::Int128 amount);

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

}  // namespace lifeline::billing
