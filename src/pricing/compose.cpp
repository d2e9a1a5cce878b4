#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/reason.h"
#include "pricing/correction.h"
#include "pricing/currency.h"
#include "pricing/rate.h"
#include "pricing/settle.h"
#include "pricing/statement.h"
#include "pricing/statement_lines.h"

namespace lifeline::pricing {

namespace {

using contract::refuse;
namespace reason = contract::reason;

// What this month's usage of the line comes to with what was corrected of it. Goodwill (a
// write-off) is not usage: a minimum does not take it back.
Result<Booking> corrected(const StatementLine& line, Month month,
                          const std::vector<StatementLine>& adjustments) {
    Booking sum{line.quantity, line.amount};
    for (const auto& one : adjustments) {
        if (one.adjustment->kind == "write_off" || one.card != line.card || one.item != line.item ||
            month_of(one.adjustment->service) != month)
            continue;
        const auto with = booked_with(sum, {one.quantity, one.amount});
        if (!with) return with;
        sum = *with;
    }
    return sum;
}

// By the version that priced the last of it.
Result<std::optional<StatementLine>> minimum_of(const StatementLine& line, const Booking& used,
                                                const CardBook& book) {
    const auto& last = line.charges.back();
    const auto* card = book.find(last.card, last.card_version);
    const auto* item = card == nullptr ? nullptr : card->find(last.item);
    if (item == nullptr) return std::nullopt;
    const auto due = minimum_due(*item, used.quantity, used.amount);
    if (!due) return fail(due.error());
    if (*due == 0) return std::nullopt;
    return StatementLine{.kind = StatementLine::Kind::minimum,
                         .card = line.card,
                         .item = line.item,
                         .meter = line.meter,
                         .unit = line.unit,
                         .amount = *due,
                         .minimum_nano = item->minimum_nano};
}

Status settle_lines(Statement& statement) {
    std::vector<Int128> exact;
    for (const auto& line : statement.lines) {
        exact.push_back(line.amount);
        const auto sum = add(statement.amount, line.amount);
        if (!sum)
            return refuse(reason::out_of_range, "the statement comes to more than can be counted");
        statement.amount = *sum;
    }
    const auto settled = settle(exact, statement.minor_digits);
    if (!settled) return fail(settled.error());
    for (std::size_t i = 0; i < exact.size(); ++i) statement.lines[i].settled = settled->lines[i];
    statement.total = settled->total;
    return {};
}

}  // namespace

Result<Statement> compose(const StatementInput& input, const CardBook& book) {
    const auto digits = minor_digits(input.currency);
    if (!digits)
        return refuse(reason::unknown_value,
                      fmt::format("{} is no currency that is known", input.currency));
    Statement statement{.month = input.month,
                        .account = input.account,
                        .currency = input.currency,
                        .minor_digits = *digits,
                        .unpriced = input.unpriced,
                        .journal_head = input.journal_head};
    const auto usage = usage_lines(input, book);
    if (!usage) return fail(usage.error());
    auto adjustments = adjustment_lines(input, *usage);
    if (!adjustments) return fail(adjustments.error());
    for (const auto& line : *usage) {
        const auto used = corrected(line, input.month, *adjustments);
        if (!used) return fail(used.error());
        const auto minimum = minimum_of(line, *used, book);
        if (!minimum) return fail(minimum.error());
        statement.lines.push_back(line);
        if (*minimum) statement.lines.push_back(**minimum);
    }
    std::ranges::move(*adjustments, std::back_inserter(statement.lines));
    if (const auto settled = settle_lines(statement); !settled) return fail(settled.error());
    return statement;
}

std::string ledger_hash(const Statement& statement) {
    Sha256 digest;
    for (const auto& line : statement.lines)
        for (const auto& charge : line.charges)
            digest.add(fmt::format("{} {}\n", charge.id, to_text(charge.amount)));
    for (const auto& line : statement.lines)
        if (line.adjustment)
            digest.add(
                fmt::format("{} {}\n", line.adjustment->id, to_text(line.adjustment->amount)));
    return to_hex(digest.finish());
}

}  // namespace lifeline::pricing
