#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/card_book.h"
#include "pricing/int128.h"

namespace lifeline::pricing {

// billing.usage.recorded, and where in the month it stood when it was booked.
struct Charge {
    std::string id;  // Its idempotencyKey; leads to its usage records.
    std::string card;
    std::uint32_t card_version = 1;
    std::string item;
    std::string meter;
    std::string unit;
    Window window;
    std::int64_t before = 0;  // What the month had of the item before it.
    std::int64_t quantity = 0;
    Int128 amount = 0;
    std::string currency;
};

// billing.adjustment.created: booked in this month, for an hour of this one or of one before.
struct Adjustment {
    std::string id;
    std::string kind = {};
    std::string card = {};
    std::string item = {};
    std::string meter = {};
    Window service = {};
    std::int64_t quantity = 0;
    Int128 amount = 0;
    std::string currency = {};
    std::string cause = {};  // In somebody's words.
    std::string corrects = {};
    std::uint32_t card_version = 1;
    std::string unit = {};  // Empty: not known.
    bool by_hand = false;
};
// What an item lacks to the least that is paid for it, booked at the end of the month.
bool is_minimum(const Adjustment& adjustment, Month month);

// What was used and no line of the card prices.
struct Unpriced {
    std::string meter;
    std::string unit;
    Words dims = {};
    std::int64_t quantity = 0;
};

struct StatementInput {
    Month month;
    std::string account;
    std::string currency;
    std::vector<Charge> charges = {};
    std::vector<Adjustment> adjustments = {};
    std::vector<Unpriced> unpriced = {};
    std::string journal_head = {};  // The position at which it was closed; empty: it is open.
};

// What of a line was for which price.
struct StatementPart {
    enum class What : std::uint8_t {
        included,
        tier,
        other,  // What was booked and is not by the card: no line is silent about such a
                // difference.
    };
    What what = What::tier;
    std::uint32_t card_version = 0;
    std::size_t tier = 0;
    std::int64_t quantity = 0;
    std::int64_t per = 1;
    Int128 unit_nano = 0;
    Int128 amount = 0;
};

struct StatementLine {
    enum class Kind : std::uint8_t { usage, minimum, adjustment };
    Kind kind = Kind::usage;
    std::string card;
    std::string item;
    std::string meter;
    std::string unit = {};
    std::int64_t quantity = 0;
    Int128 amount = 0;                          // Nano-units, exact.
    Int128 settled = 0;                         // Minor units; they sum to the total.
    std::vector<StatementPart> parts = {};      // Of usage; they sum to the amount.
    std::vector<Charge> charges = {};           // Of usage; they sum to the amount, too.
    std::uint32_t card_version = 0;             // Of a minimum: it has that of the last usage.
    Int128 minimum_nano = 0;                    // Of a minimum.
    std::optional<Adjustment> adjustment = {};  // Of an adjustment, and of a minimum once booked.
};
std::string_view to_text(StatementLine::Kind kind);
std::string_view to_text(StatementPart::What what);

// One account's month. A value: the same charges give the same bytes in each of its forms.
struct Statement {
    Month month;
    std::string account;
    std::string currency;
    int minor_digits = 2;
    std::vector<StatementLine> lines = {};  // Usage by name with its minimum, then adjustments.
    std::vector<Unpriced> unpriced = {};
    Int128 amount = 0;  // Nano-units, exact.
    Int128 total = 0;   // Minor units.
    std::string journal_head = {};
};

inline constexpr std::string_view not_an_invoice =
    "This is a statement of usage, not a tax invoice.";

// Refused: a charge of another month or currency, a sum that cannot be counted. An id that comes
// twice counts once, as it was first.
Result<Statement> compose(const StatementInput& input, const CardBook& book);

// SHA-256 over all that was booked: a line `id amount` for each charge, then each adjustment, as
// the statement has them. What billing.statement.closed records of it.
std::string ledger_hash(const Statement& statement);

std::string render_json(const Statement& statement);  // Canonical.
// RFC 4180, a row for each line, part and charge. No text of it is a formula to a spreadsheet.
std::string render_csv(const Statement& statement);
// A page of its own that needs nothing: no scripts, light and dark, for the screen and for paper.
std::string render_html(const Statement& statement);

}  // namespace lifeline::pricing
