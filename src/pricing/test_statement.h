#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pricing/rate.h"
#include "pricing/statement.h"
#include "pricing/test_cards.h"

// A month of an account for the tests of this room.
namespace lifeline::pricing {

struct Used {
    const char* window;
    const char* item;
    const char* unit;
    std::int64_t quantity;
};

// Charges as billing books them: the hours of each item in their order, priced by the card in
// force.
inline std::vector<Charge> charges_of(const std::vector<Used>& used, const CardBook& book) {
    std::vector<Charge> charges;
    for (const auto& one : used) {
        const auto* card = book.in_force("standard", hour(one.window));
        const auto* item = card == nullptr ? nullptr : card->find(one.item);
        EXPECT_NE(item, nullptr) << one.item;
        if (item == nullptr) continue;
        std::int64_t before = 0;
        for (const auto& known : charges)
            if (known.item == one.item) before += known.quantity;
        charges.push_back({.id = "bu_" + std::to_string(charges.size() + 1),
                           .card = card->name,
                           .card_version = card->version,
                           .item = item->name,
                           .meter = item->meter,
                           .unit = one.unit,
                           .window = hour(one.window),
                           .before = before,
                           .quantity = one.quantity,
                           .amount = amount_between(*item, before, before + one.quantity).value(),
                           .currency = card->currency});
    }
    return charges;
}

// What docs/billing.md tells of, by the card that it shows.
inline StatementInput february(const CardBook& book) {
    StatementInput input{.month = *parse_month("2026-02"),
                         .account = "acct_acme",
                         .currency = "EUR",
                         .charges = charges_of({{"2026-02-16T10:00Z", "minutes", "ms", 312'000},
                                                {"2026-02-16T11:00Z", "minutes", "ms", 3'600'000},
                                                {"2026-02-17T09:00Z", "minutes", "ms", 3'100'001},
                                                {"2026-02-16T10:00Z", "answers", "token", 1'830},
                                                {"2026-02-16T11:00Z", "answers", "token", 45'211},
                                                {"2026-02-16T11:00Z", "actions", "action", 3}},
                                               book)};
    input.adjustments.push_back({.id = "ba_1",
                                 .kind = "late",
                                 .card = "standard",
                                 .item = "minutes",
                                 .meter = "call.duration_ms",
                                 .service = hour("2026-01-31T23:00Z"),
                                 .quantity = 61'000,
                                 .amount = 20'333'333,
                                 .currency = "EUR",
                                 .cause = "a record came after the hour was closed"});
    input.adjustments.push_back({.id = "ba_2",
                                 .kind = "write_off",
                                 .card = "standard",
                                 .item = "answers",
                                 .meter = "agent.tokens",
                                 .service = hour("2026-02-16T11:00Z"),
                                 .quantity = 0,
                                 .amount = -250'000'000,
                                 .currency = "EUR",
                                 .cause = "goodwill",
                                 .corrects = "bu_5"});
    return input;
}

}  // namespace lifeline::pricing
