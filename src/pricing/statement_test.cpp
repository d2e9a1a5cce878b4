#include "pricing/statement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "pricing/test_model.h"
#include "pricing/test_statement.h"

namespace lifeline::pricing {
namespace {

constexpr std::string_view two_tiers =
    R"("per":"4","included":"5","minimumNano":"90","tiers":[{"upTo":"9","unitNano":"30"},{"unitNano":"7"}])";

CardBook book_of(std::string_view currency = "EUR") {
    CardBook book;
    book.add(card_of(card_json(1, "2026-02-01T00:00Z", two_tiers, currency)));
    book.add(card_of(card_json(2, "2026-02-16T12:00Z",
                               R"("per":"3","minimumNano":"5000","tiers":[{"unitNano":"100"}])",
                               currency)));
    return book;
}

StatementInput month(std::vector<Charge> charges, std::string currency = "EUR") {
    return {.month = *parse_month("2026-02"),
            .account = "acct_1",
            .currency = std::move(currency),
            .charges = std::move(charges)};
}

TEST(Statement, SaysWhatOfALineWasForWhichPrice) {
    const auto book = book_of();
    const auto statement = compose(month(charges_of({{"2026-02-16T10:00Z", "minutes", "ms", 4},
                                                     {"2026-02-16T11:00Z", "minutes", "ms", 13},
                                                     {"2026-02-16T12:00Z", "minutes", "ms", 6}},
                                                    book)),
                                   book);
    ASSERT_TRUE(statement);
    ASSERT_EQ(statement->lines.size(), 2u);
    const auto& line = statement->lines[0];
    EXPECT_EQ(line.quantity, 23);
    ASSERT_EQ(line.parts.size(), 4u);
    using What = StatementPart::What;
    struct Case {
        What what;
        std::uint32_t version;
        std::int64_t quantity;
        int amount;
    };
    const Case cases[] = {{What::included, 1, 5, 0},
                          {What::tier, 1, 9, 68},  // 67.5, half to even
                          {What::tier, 1, 3, 5},   // 291 / 4 is 73, without the 68
                          {What::tier, 2, 6, 200}};
    for (std::size_t i = 0; i < 4; ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(line.parts[i].what, cases[i].what);
        EXPECT_EQ(line.parts[i].card_version, cases[i].version);
        EXPECT_EQ(line.parts[i].quantity, cases[i].quantity);
        EXPECT_EQ(line.parts[i].amount, Int128{cases[i].amount});
    }
    // By the version that priced the last of it: 5000 less 273.
    EXPECT_EQ(statement->lines[1].kind, StatementLine::Kind::minimum);
    EXPECT_EQ(statement->lines[1].amount, Int128{5000 - 273});
}

TEST(Statement, GoodwillIsNotTakenBackByAMinimumAndLateUsageCounts) {
    const auto book = book_of();
    auto input = month(charges_of({{"2026-02-16T12:00Z", "minutes", "ms", 60}}, book));
    const auto due = [&] {
        const auto statement = compose(input, book);
        Int128 amount = 0;
        for (const auto& line : statement->lines)
            if (line.kind == StatementLine::Kind::minimum) amount += line.amount;
        return amount;
    };
    EXPECT_EQ(due(), Int128{3000});
    input.adjustments.push_back({.id = "ba_1",
                                 .kind = "write_off",
                                 .card = "standard",
                                 .item = "minutes",
                                 .meter = "call.duration_ms",
                                 .service = hour("2026-02-16T12:00Z"),
                                 .amount = -2000,
                                 .currency = "EUR"});
    EXPECT_EQ(due(), Int128{3000});
    input.adjustments.push_back(input.adjustments[0]);
    input.adjustments[1].id = "ba_2";
    input.adjustments[1].kind = "late";
    input.adjustments[1].amount = 1000;
    EXPECT_EQ(due(), Int128{2000});
    input.adjustments[1].service = hour("2026-01-16T12:00Z");
    EXPECT_EQ(due(), Int128{3000});
}

TEST(Statement, AMinimumThatIsBookedIsTheOneThatStandsThere) {
    const auto book = book_of();
    auto input = month(charges_of({{"2026-02-16T12:00Z", "minutes", "ms", 60}}, book));
    const auto before = compose(input, book);
    ASSERT_EQ(before->lines.size(), 2U);
    const auto& due = before->lines[1];
    EXPECT_EQ(due.card_version, 2U);
    input.adjustments.push_back({.id = "ba_min",
                                 .kind = "price_fix",
                                 .card = due.card,
                                 .item = "minutes",
                                 .meter = "call.duration_ms",
                                 .service = hour("2026-02-28T23:00Z"),
                                 .amount = due.amount,
                                 .currency = "EUR",
                                 .card_version = 2});
    const auto booked = compose(input, book);
    ASSERT_EQ(booked->lines.size(), 2U);
    EXPECT_EQ(booked->lines[1].kind, StatementLine::Kind::minimum);
    EXPECT_EQ(booked->lines[1].amount, due.amount);
    EXPECT_EQ(booked->lines[1].minimum_nano, Int128{5000});
    EXPECT_EQ(booked->amount, before->amount);
    EXPECT_NE(ledger_hash(*booked), ledger_hash(*before));
    EXPECT_TRUE(render_json(*booked).contains(R"("adjustmentId":"ba_min")"));
    // A person's is a correction of the price, and counts towards the minimum.
    input.adjustments[0].by_hand = true;
    const auto by_hand = compose(input, book);
    ASSERT_EQ(by_hand->lines.size(), 2U);
    EXPECT_EQ(by_hand->lines[1].kind, StatementLine::Kind::adjustment);
    EXPECT_EQ(by_hand->amount, before->amount);
}

TEST(Statement, RefusesWhatDoesNotBelongInIt) {
    const auto book = book_of();
    const auto charges = charges_of({{"2026-02-16T10:00Z", "minutes", "ms", 4}}, book);
    const auto refused = [&](auto change) {
        auto input = month(charges);
        change(input);
        const auto statement = compose(input, book);
        return statement ? std::string() : statement.error().reason;
    };
    EXPECT_EQ(refused([](StatementInput&) {}), "");
    EXPECT_EQ(refused([](StatementInput& in) { in.month = *parse_month("2026-03"); }),
              "out_of_range");
    EXPECT_EQ(refused([](StatementInput& in) { in.charges[0].currency = "USD"; }),
              "currency_differs");
    EXPECT_EQ(refused([](StatementInput& in) { in.currency = "USD"; }), "currency_differs");
    EXPECT_EQ(refused([](StatementInput& in) { in.currency = "XXX"; }), "unknown_value");
    EXPECT_EQ(refused([](StatementInput& in) {
                  in.adjustments.push_back({.id = "ba_1", .currency = "USD"});
              }),
              "currency_differs");
    EXPECT_EQ(refused([](StatementInput& in) {
                  in.charges.push_back(in.charges[0]);
                  in.charges[1].id = "bu_2";
                  in.charges[0].amount = in.charges[1].amount = *parse_int128(std::string(38, '9'));
              }),
              "out_of_range");
}

// Months of chance, with a currency of 0, 2 or 3 digits: sums hold, and the order in which charges
// are handed in is nothing to the document.
TEST(StatementProperties, EverythingSums) {
    constexpr int histories = 1'000;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 0; seed < histories; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        constexpr std::string_view currencies[] = {"EUR", "JPY", "KWD"};
        const auto currency = currencies[random.below(3)];
        const auto book = book_of(currency);
        std::vector<Used> used;
        std::vector<std::string> windows;
        const auto hours = small_hours(random);
        for (std::size_t i = 0; i < hours.size(); ++i)
            windows.push_back(text_of(hour("2026-02-16T08:00Z") + std::chrono::hours(i)));
        for (std::size_t i = 0; i < hours.size(); ++i)
            used.push_back({windows[i].c_str(), "minutes", "ms", hours[i]});
        auto input = month(charges_of(used, book), std::string(currency));
        input.adjustments.push_back({.id = "ba_1",
                                     .kind = "over",
                                     .item = "minutes",
                                     .service = hour("2026-01-16T12:00Z"),
                                     .quantity = -5,
                                     .amount = -static_cast<Int128>(random.below(3'000'000'000)),
                                     .currency = std::string(currency)});
        const auto statement = compose(input, book);
        ASSERT_TRUE(statement);
        Int128 exact = 0, settled = 0;
        for (const auto& line : statement->lines) {
            exact += line.amount;
            settled += line.settled;
            Int128 parts = 0, charges = 0;
            std::int64_t quantity = 0;
            for (const auto& part : line.parts) {
                EXPECT_NE(part.what, StatementPart::What::other);
                parts += part.amount;
                quantity += part.quantity;
            }
            for (const auto& charge : line.charges) charges += charge.amount;
            if (line.kind != StatementLine::Kind::usage) continue;
            EXPECT_EQ(parts, line.amount);
            EXPECT_EQ(charges, line.amount);
            EXPECT_EQ(quantity, line.quantity);
        }
        EXPECT_EQ(statement->amount, exact);
        EXPECT_EQ(statement->total, settled);

        auto shuffled = input;
        for (std::size_t i = shuffled.charges.size(); i > 1; --i)
            std::swap(shuffled.charges[i - 1], shuffled.charges[random.below(i)]);
        shuffled.charges.push_back(input.charges[0]);
        shuffled.adjustments.push_back(input.adjustments[0]);
        EXPECT_EQ(render_json(*compose(shuffled, book)), render_json(*statement));
    }
}

// One thing is wrong: the document says so, or is refused.
TEST(StatementProperties, EachFaultShows) {
    const auto book = book_of();
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        auto input = month(charges_of(
            {{"2026-02-16T10:00Z", "minutes", "ms", static_cast<std::int64_t>(random.below(30))},
             {"2026-02-16T11:00Z", "minutes", "ms", static_cast<std::int64_t>(random.below(30))},
             {"2026-02-16T12:00Z", "minutes", "ms", static_cast<std::int64_t>(random.below(30))}},
            book));
        const auto hash = ledger_hash(*compose(input, book));
        auto& charge = input.charges[random.below(3)];
        Int128 other = random.below(2) == 0 ? 1 : -1;
        switch (random.below(4)) {
            case 0:  // Another price.
                charge.amount += other;
                break;
            case 1:  // A version that nobody knows.
                charge.card_version = 9;
                other = charge.amount;
                break;
            case 2:  // An item that the card does not have.
                charge.item = "hours";
                other = charge.amount;
                break;
            case 3: {  // Another place in the month.
                const auto& item = book.find("standard", charge.card_version)->items[0];
                charge.before += 7;
                other = charge.amount - (model::amount(item, charge.before + charge.quantity) -
                                         model::amount(item, charge.before));
                break;
            }
        }
        const auto statement = compose(input, book);
        ASSERT_TRUE(statement);
        Int128 said = 0;
        for (const auto& line : statement->lines)
            for (const auto& part : line.parts)
                if (part.what == StatementPart::What::other) said += part.amount;
        EXPECT_EQ(said, other);
        input.charges.pop_back();
        EXPECT_NE(ledger_hash(*compose(input, book)), hash);
    }
}

}  // namespace
}  // namespace lifeline::pricing
