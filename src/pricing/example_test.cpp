#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "pricing/decimal_text.h"
#include "pricing/statement.h"
#include "pricing/test_statement.h"

// docs/billing.md shows a card and what a month costs by it: the card is read from the page, and
// the numbers on it are those that are made here.
namespace lifeline::pricing {
namespace {

std::string page() {
    std::ifstream file("docs/billing.md");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string between(std::string_view text, std::string_view begin, std::string_view end) {
    const auto from = text.find(begin);
    if (from == std::string_view::npos) return {};
    const auto inside = text.substr(from + begin.size());
    return std::string(inside.substr(0, inside.find(end)));
}

std::string hours_table(const Statement& statement) {
    std::string out =
        "| hour | item | quantity | the month before it | amount |\n|---|---|---|---|---|\n";
    for (const auto& line : statement.lines)
        for (const auto& charge : line.charges)
            out += fmt::format("| {} | {} | {} {} | {} | {} EUR |\n", text_of(charge.window),
                               charge.item, charge.quantity, charge.unit, charge.before,
                               nano_text(charge.amount));
    return out;
}

std::string what(const StatementLine& line) {
    if (line.kind == StatementLine::Kind::minimum)
        return fmt::format("{}, up to the minimum of {}", line.item, nano_text(line.minimum_nano));
    if (line.adjustment)
        return fmt::format("{}, {}, {}", line.item, line.adjustment->kind,
                           text_of(line.adjustment->service));
    return line.item;
}

std::string lines_table(const Statement& statement) {
    std::string out = "| line | quantity | exact | paid |\n|---|---|---|---|\n";
    for (const auto& line : statement.lines)
        out += fmt::format("| {} | {} | {} | {} |\n", what(line),
                           line.quantity == 0 ? "" : fmt::format("{} {}", line.quantity, line.unit),
                           nano_text(line.amount), minor_text(line.settled, 2));
    out += fmt::format("| total | | {} | {} EUR |\n", nano_text(statement.amount),
                       minor_text(statement.total, 2));
    return out;
}

TEST(BillingPage, ShowsTheNumbersThatAreMade) {
    const auto text = page();
    CardBook book;
    book.add(card_of(between(text, "```json\n", "```")));
    const auto statement = compose(february(book), book);
    ASSERT_TRUE(statement) << statement.error().detail;
    EXPECT_EQ(between(text, "<!-- example -->\n", "<!-- /example -->"),
              hours_table(*statement) + "\n" + lines_table(*statement));
}

// The same by hand, in case both the page and what makes its numbers are wrong in the same way.
TEST(BillingPage, IsRightByHand) {
    CardBook book;
    book.add(card_of(between(page(), "```json\n", "```")));
    const auto statement = compose(february(book), book);
    ASSERT_TRUE(statement);
    ASSERT_EQ(statement->lines.size(), 6u);
    const auto& minutes = statement->lines[3];
    // 7012001 ms, 600000 of them included; 6000000 at 20000000 per 60000, 412001 at 15000000.
    EXPECT_EQ(minutes.item, "minutes");
    EXPECT_EQ(minutes.amount, Int128{2'000'000'000} + 103'000'250);
    // 47041 tokens at 12000 nano-units each, and three actions at 0.05, up to 1.
    EXPECT_EQ(statement->lines[2].amount, Int128{47'041} * 12'000);
    EXPECT_EQ(statement->lines[0].amount, Int128{150'000'000});
    EXPECT_EQ(statement->lines[1].amount, Int128{850'000'000});
    EXPECT_EQ(statement->total, Int128{344});
}

}  // namespace
}  // namespace lifeline::pricing
