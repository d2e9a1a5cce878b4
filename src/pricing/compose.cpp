#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "contract/reason.h"
#include "pricing/currency.h"
#include "pricing/settle.h"
#include "pricing/statement.h"
#include "pricing/statement_lines.h"

namespace lifeline::pricing {

namespace {

using contract::refuse;
namespace reason = contract::reason;

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
    const auto minimums = minimum_lines(input.month, *usage, *adjustments, book);
    if (!minimums) return fail(minimums.error());
    std::erase_if(*adjustments, [&](const StatementLine& line) {
        return is_minimum(*line.adjustment, input.month);
    });
    std::ranges::merge(*usage, *minimums, std::back_inserter(statement.lines), {},
                       &StatementLine::item, &StatementLine::item);
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
