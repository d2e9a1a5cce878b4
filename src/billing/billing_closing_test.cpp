#include <gtest/gtest.h>

#include "base/random.h"
#include "billing/test_house.h"
#include "pricing/rate.h"

namespace lifeline::billing {
namespace {

const Month february{std::chrono::year(2026), std::chrono::month(2)};
const Month march = february + std::chrono::months(1);
const Window last_hour = *parse_window("2026-02-28T23:00Z");
// A cent a minute, and a euro a month at least.
const std::string at_least =
    R"([{"item":"minutes","meter":"call.duration_ms","minimumNano":"1000000000","per":"60000",)"
    R"("tiers":[{"unitNano":"10000000"}]}])";

struct ClosingHouse : House {
    ClosingHouse() { activate(card("standard", 1, "2026-02-16T10:00Z", at_least)); }
    std::string statement(Month month) {
        std::string found = "none";
        view->statement("acct_1", month, loop, [&](const Result<pricing::Statement>& made) {
            if (made) found = pricing::render_json(*made);
        });
        loop.run();
        return found;
    }
    std::int64_t total(Month month) {
        const auto json = contract::Json::parse(statement(month));
        return json ? std::stoll(std::string(json->text("totalMinor").value_or("0"))) : 0;
    }
    // The sum of all charges and adjustments.
    std::string written() {
        pricing::Int128 sum = 0;
        view->entries({.account_id = "acct_1", .limit = 1000}, loop, [&](auto rows) {
            for (const EntryRow& row : *rows) {
                const auto json = *contract::Json::parse(row.payload_json);
                const bool charge = row.type == "billing.usage.recorded";
                sum += *pricing::parse_int128(*json.text(charge ? "amount" : "amountDelta"));
            }
        });
        loop.run();
        return pricing::to_text(sum);
    }
    void seal() {
        written_at = "2026-03-01T00:10:00.000Z";
        close(last_hour);
    }
    // Until nothing is due any more.
    void write_all() {
        for (int i = 0; i < 10 && !due().empty(); ++i) write_due();
        ASSERT_TRUE(due().empty());
    }
};

TEST(BillingClosing, AStatementThatCannotBeMadeUpIsSaidToBeStuck) {
    ClosingHouse house;
    const auto stuck = [&house] {
        std::string told;
        house.view->stuck(10, house.loop, [&](const Result<std::vector<StuckStatement>>& found) {
            for (const auto& one : *found)
                told += one.account_id + " " + text_of(one.month) + " " + one.error.reason + " ";
        });
        house.loop.run();
        return told;
    };
    house.used("acct_1", first_hour, 600'000);
    house.used("acct_2", first_hour, 600'000);
    house.close(first_hour);
    for (const DueEntry& one : house.due()) {
        house.append(one.account_id, one.type, one.payload);
        if (one.account_id != "acct_1") continue;
        // Somebody's folder was copied into ours: it paid in another currency.
        std::string other = one.payload;
        other.replace(other.find("EUR"), 3, "USD");
        other.replace(other.find(one.id), one.id.size(), "bu_other");
        house.append(one.account_id, one.type, other);
    }
    EXPECT_EQ(stuck(), "") << "the month is not over";
    house.seal();
    EXPECT_EQ(stuck(), "acct_1 2026-02 currency_differs ");
    const auto next = house.due(1);
    ASSERT_EQ(next.size(), 1U) << "the first of them hides no other";
    EXPECT_EQ(next.front().account_id, "acct_2");
    house.write_all();
    EXPECT_TRUE(house.due().empty()) << "the other one's is closed";
    EXPECT_EQ(stuck(), "acct_1 2026-02 currency_differs ");

    // So says whoever only looks at the file, beside it.
    auto beside = BillingStore::look((house.folder / "live.db").string());
    ASSERT_TRUE(beside) << beside.error().detail;
    const auto seen = beside->stuck(10);
    ASSERT_TRUE(seen) << seen.error().detail;
    ASSERT_EQ(seen->size(), 1U);
    EXPECT_EQ(seen->front().account_id, "acct_1");
    EXPECT_EQ(seen->front().error.reason, "currency_differs");
    const auto none = house.folder / "none.db";
    EXPECT_FALSE(BillingStore::look(none.string()));
    EXPECT_FALSE(std::filesystem::exists(none));
}

TEST(BillingClosing, AMonthsStatementIsClosedOnceItsChargesAreWritten) {
    ClosingHouse house;
    house.used("acct_1", first_hour, 600'000);
    house.close(first_hour);
    house.write_due();
    EXPECT_TRUE(house.due().empty());
    house.used("acct_1", last_hour, 600'000);
    house.seal();
    auto due = house.due();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].type, "billing.usage.recorded");
    house.write_due();
    EXPECT_EQ(house.story(), "price_fix 28T23 0 800000000") << "a charge like any other";
    due = house.due();
    house.open("live.db");
    EXPECT_EQ(house.due(), due) << "with the same id, whoever reads the journal";
    house.write_due();
    due = house.due();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].type, "billing.statement.closed");
    const auto closed = contract::Json::parse(due[0].payload);
    const auto statement = contract::Json::parse(house.statement(february));
    EXPECT_EQ(closed->text("ledgerHash"), statement->text("ledgerHash"));
    EXPECT_EQ(closed->find("totalMinor")->as_integer(), 100);
    EXPECT_EQ(closed->text("period"), "2026-02");
    house.write_due();
    EXPECT_TRUE(house.due().empty());
}

TEST(BillingClosing, WhatComesLaterStandsInTheLaterStatementWithTheMinimumCorrected) {
    ClosingHouse house;
    house.used("acct_1", first_hour, 600'000);
    house.close(first_hour);
    house.seal();
    house.write_all();
    const auto closed = house.statement(february);
    house.used("acct_1", first_hour, 6'000'000);
    house.used("acct_1", first_hour, 60'000, false, "x.pages");
    house.write_all();
    EXPECT_EQ(house.statement(february), closed);
    // 110 minutes are 1.10, of which 1.00 was paid.
    EXPECT_EQ(house.total(march), 10);
    EXPECT_TRUE(house.statement(march).contains("x.pages"));
    house.used("acct_1", first_hour, -6'000'000, true);
    house.write_all();
    EXPECT_EQ(house.total(february) + house.total(march), 100);
}

// Whoever is told of every charge has what the statement says.
TEST(BillingClosing, TheStatementIsTheSumOfWhatIsWritten) {
    ClosingHouse house;
    house.used("acct_1", first_hour, 900'000);
    house.close(first_hour);
    house.write_due();
    EXPECT_EQ(house.total(february), 100) << "as it would be now";
    EXPECT_EQ(house.written(), "150000000");
    house.seal();
    house.write_all();
    EXPECT_EQ(house.written(), "1000000000");
    EXPECT_EQ(house.total(february), 100);
    house.used("acct_1", first_hour, 3'000'000);
    house.write_all();
    EXPECT_EQ(house.written(), "1000000000");
    EXPECT_EQ(house.total(march), 0);
}

TEST(BillingClosing, AnItemHasOneMinimumHoweverManyCardsPriceIt) {
    ClosingHouse house;
    std::string dearer = at_least;
    dearer.replace(dearer.find("1000000000"), 10, "3000000000");
    house.activate(card("special", 1, "2026-02-16T10:00Z", dearer));
    house.append("acct_1", "billing.card.assigned",
                 R"({"card":"special","effectiveFrom":"2026-02-16T11:00Z"})");
    for (const auto hour : {first_hour, first_hour + 1h}) {
        house.used("acct_1", hour, 600'000);
        house.close(hour);
    }
    house.seal();
    house.write_all();
    EXPECT_EQ(house.total(february), 300) << "the least of the card that priced the last of it";
    const auto json = contract::Json::parse(house.statement(february));
    EXPECT_EQ(json->find("lines")->items().size(), 3U);
    house.used("acct_1", first_hour, 600'000);
    house.write_all();
    EXPECT_EQ(house.total(february) + house.total(march), 300);
}

// Within the month, so that it is of its statement.
TEST(BillingClosing, LateUsageAloneHasItsMinimumInItsMonth) {
    ClosingHouse house;
    house.close(first_hour);
    house.used("acct_1", first_hour, 600'000);
    house.write_due();
    house.seal();
    house.write_all();
    EXPECT_EQ(house.total(february), 100);
    EXPECT_EQ(house.written(), "1000000000");
    const std::string statement = house.statement(february);
    EXPECT_TRUE(statement.contains(R"("unit":"ms")")) << statement;
    EXPECT_FALSE(statement.contains(R"("unit":"")")) << statement;
}

TEST(BillingClosing, UsageThatAllCameLateHasItsMinimumToo) {
    ClosingHouse house;
    house.seal();
    EXPECT_TRUE(house.due().empty());
    house.used("acct_1", first_hour, 60'000);
    house.write_all();
    EXPECT_EQ(house.total(march), 100);
}

// No door lets such corrections in any more; a journal may have them.
TEST(BillingClosing, CorrectionsBeyondNumbersStopNobodysBooks) {
    ClosingHouse house;
    house.used("acct_1", first_hour, 600'000);
    house.used("acct_2", first_hour, 600'000);
    house.close(first_hour);
    house.seal();
    house.write_all();
    const std::string nines(38, '9');
    const auto by_hand = [&](const std::string& id, const std::string& quantity,
                             const std::string& amount) {
        house.append("acct_1", "billing.adjustment.created",
                     R"({"adjustmentId":")" + id + R"(","kind":"under","card":"standard",)" +
                         R"("cardVersion":1,"serviceWindow":"2026-02-16T10:00Z","item":"minutes",)"
                         R"("meter":"call.duration_ms","quantityDelta":")" +
                         quantity + R"(","amountDelta":")" + amount +
                         R"(","currency":"EUR","cause":"by hand","by":"usr_op"})");
    };
    by_hand("ba_1", "9000000000000000000", nines);
    by_hand("ba_2", "9000000000000000000", nines);
    by_hand("ba_3", "-9999999999999999999", "-" + nines);
    by_hand("ba_4", "0", "-" + nines);
    by_hand("ba_5", "0", "-" + nines);
    const Window march_first = last_hour + 1h;
    house.used("acct_2", march_first, 6'000'000);
    house.close(march_first);
    bool charged = false;
    for (const DueEntry& one : house.due()) charged = charged || one.account_id == "acct_2";
    EXPECT_TRUE(charged) << "the books of others go on";
    house.expect_same_anew();
}

// Whatever comes when: in the end February was paid as if all of it had been known in time, no
// closed statement was touched, and a view made anew is the same.
TEST(BillingClosing, PropertyMinimumAndLateUsageConvergeInAnyOrder) {
    constexpr int histories = 40;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        ClosingHouse house;
        SeededRandom random(seed);
        // By another card from the second hour on, with the same prices.
        house.activate(card("special", 1, "2026-02-16T10:00Z", at_least));
        if (seed % 2 == 0)
            house.append("acct_1", "billing.card.assigned",
                         R"({"card":"special","effectiveFrom":"2026-02-16T11:00Z"})");
        std::int64_t used = 0;
        std::string closed;
        bool sealed = false;
        Window hour = first_hour;
        for (int step = 0; step < 30; ++step) {
            switch (random.below(6)) {
                case 0:
                    if (!sealed) {
                        house.close(hour);
                        hour += 1h;
                    }
                    break;
                case 1:
                    house.write_due();
                    break;
                case 2:
                    house.open("live.db");
                    break;
                case 3:
                    if (step > 10 && !sealed) {
                        house.close(hour);  // No hour is left out.
                        house.seal();
                        sealed = true;
                        if (random.below(2) == 0) house.write_all();
                    }
                    break;
                default: {
                    const auto back = static_cast<int>(random.below(3));
                    const Window of = std::max(first_hour, hour - std::chrono::hours(back));
                    auto quantity = static_cast<std::int64_t>(random.below(3'000'000)) - 600'000;
                    quantity = std::max(quantity, -used);
                    if (quantity == 0) break;
                    house.used("acct_1", of, quantity, quantity < 0);
                    used += quantity;
                }
            }
            if (sealed && closed.empty() && house.due().empty()) closed = house.statement(february);
            if (!closed.empty()) {
                ASSERT_EQ(house.statement(february), closed) << "seed " << seed;
            }
        }
        if (!sealed) {
            house.close(hour);
            house.seal();
        }
        house.write_all();
        const auto item =
            pricing::parse_card(card("standard", 1, "2026-02-16T10:00Z", at_least))->items[0];
        const auto usage = *pricing::amount_of(item, used);
        const auto whole = usage + *pricing::minimum_due(item, used, usage);
        pricing::Int128 paid = 0;
        for (const Month month : {february, march})
            if (const auto json = contract::Json::parse(house.statement(month)))
                paid += pricing::parse_int128(json->text("amount").value_or("0")).value_or(0);
        ASSERT_EQ(pricing::to_text(paid), pricing::to_text(whole)) << "seed " << seed;
        ASSERT_EQ(house.written(), pricing::to_text(whole)) << "seed " << seed;
        SCOPED_TRACE(seed);
        house.expect_same_anew();
    }
}

}  // namespace
}  // namespace lifeline::billing
