#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "billing/test_house.h"
#include "pricing/rate.h"

namespace lifeline::billing {
namespace {

TEST(Billing, AClosedHourIsChargedOnceAndDueUntilThatIsWritten) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    const std::string record = house.used("acct_1", first_hour, 300'000);
    house.used("acct_1", first_hour, 600'000);
    house.used("acct_2", first_hour, 60'000);
    EXPECT_EQ(house.story(), "");
    house.close(first_hour);
    // Fifteen minutes, ten of them included; what is included costs nothing and is said.
    EXPECT_EQ(house.story(), "16T10 900000 100000000, 16T10 60000 0");
    const auto json = *contract::Json::parse(house.due()[0].payload);
    EXPECT_EQ(json.find("recordIds")->items()[0].as_text(), record);
    house.write_due();
    EXPECT_EQ(house.story(), "");
    house.close(first_hour + 1h);
    EXPECT_EQ(house.story(), "");
}

TEST(Billing, EachHourCostsWhatItAddsToItsMonth) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    for (int hour = 0; hour < 3; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 1'200'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    // 20 minutes each: 10 paid; 20 paid, the 30th ends the first tier; all half as much.
    EXPECT_EQ(house.story(),
              "16T10 1200000 200000000, 16T11 1200000 400000000, "
              "16T12 1200000 200000000");
}

TEST(Billing, WhatComesLateIsAnAdjustmentInItsOwnHourAndMovesThoseBehindIt) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 600'000);
    house.close(first_hour);
    house.used("acct_1", first_hour + 1h, 600'000);
    house.close(first_hour + 1h);
    house.write_due();
    const std::string late = house.used("acct_1", first_hour, 60'000);
    // The minute is beyond the included ones; that is the same for the hour behind it.
    EXPECT_EQ(house.story(), "late 16T10 60000 20000000");
    const auto json = *contract::Json::parse(house.due()[0].payload);
    EXPECT_TRUE(json.text("corrects").value_or("").starts_with("bu_"));
    house.write_due();
    house.used("acct_1", first_hour, -600'000, true);
    // Now the first hour is within what is included, and the second pays less.
    EXPECT_EQ(house.story(), "over 16T10 -600000 -20000000, over 16T11 0 -180000000");
    EXPECT_NE(late, "");
}

// Whoever was charged for an hour long ago is not charged for it by itself.
TEST(Billing, WhatComesLaterThanTheHorizonIsForAPerson) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 600'000);
    house.close(first_hour);
    house.write_due();
    house.written_at = "2026-03-21T11:00:00.001Z";  // 33 days and a millisecond after its end.
    house.used("acct_1", first_hour, 120'000);
    EXPECT_EQ(house.story(), "");
    house.written_at = "2026-03-21T11:00:00.000Z";
    house.used("acct_1", first_hour, 60'000);
    EXPECT_EQ(house.story(), "late 16T10 60000 20000000");
    house.write_due();
    // Read again, whenever that is, it owes the same.
    house.expect_same_anew();
    house.open("anew.db");
    EXPECT_EQ(house.story(), "");
}

TEST(Billing, WhatStandsBehindThePositionOfAClosedHourIsLate) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 600'000);
    const auto up_to = house.journal.head_position();
    house.used("acct_1", first_hour, 60'000);
    house.close(first_hour, up_to);
    EXPECT_EQ(house.story(), "16T10 600000 0, late 16T10 60000 20000000");
}

// Whatever calls are said to have used: nobody else's books stop for it.
TEST(Billing, WhatIsMoreThanAMonthCanHaveIsNotCharged) {
    House house;
    const std::int64_t most = 4'000'000'000'000'000'000;
    house.activate(card("standard", 1, "2026-02-16T10:00Z",
                        R"([{"item":"minutes","meter":"call.duration_ms","per":"1000000000",)"
                        R"("tiers":[{"unitNano":"1000000000"}]}])"));
    house.activate(card("cost", 1, "2026-02-16T10:00Z", minutes, "cost"));
    house.used("acct_1", first_hour, most - 7);
    house.used("acct_1", first_hour, most);
    house.used("acct_1", first_hour, INT64_MIN);
    house.used("acct_1", first_hour, 7);
    house.used("acct_2", first_hour, 60'000);
    for (int i = 0; i < 3; ++i) house.used("acct_1", first_hour, INT64_MAX, false, "x.pages");
    house.close(first_hour);
    EXPECT_EQ(house.story(), "16T10 4000000000000000000 4000000000000000000, 16T10 60000 60000");
    house.write_due();
    house.used("acct_1", first_hour, 1);
    house.used("acct_1", first_hour, -1, true);
    house.used("acct_1", first_hour + 1h, 1);
    house.used("acct_2", first_hour + 1h, 60'000);
    house.close(first_hour + 1h);
    EXPECT_EQ(house.story(), "16T11 60000 60000");
    house.write_due();
    // The next month begins anew.
    const Window march = *parse_window("2026-03-01T00:00Z");
    house.used("acct_1", march, 5'000'000'000);
    house.close(march);
    const auto charge = contract::Json::parse(house.due().at(0).payload);
    EXPECT_EQ(charge->text("window"), "2026-03-01T00:00Z");
    EXPECT_EQ(charge->text("amount"), "5000000000");
    house.expect_same_anew();
}

TEST(Billing, WhatNoCardPricesIsNotFreeButUnpriced) {
    House house;
    house.used("acct_1", first_hour, 60'000);
    house.close(first_hour);
    house.activate(card("standard", 1, "2026-02-16T11:00Z", minutes));
    house.used("acct_1", first_hour + 1h, 60'000, false, "x.pages");
    house.close(first_hour + 1h);
    EXPECT_EQ(house.story(), "");
    std::optional<pricing::Statement> statement;
    house.view->statement("acct_1", Month(std::chrono::year(2026), std::chrono::month(2)),
                          house.loop, [&](auto made) {
                              if (made) statement = *std::move(made);
                          });
    house.loop.run();
    ASSERT_TRUE(statement.has_value());
    EXPECT_TRUE(statement->lines.empty());
    ASSERT_EQ(statement->unpriced.size(), 2U);
    EXPECT_EQ(statement->unpriced[1].meter, "x.pages");
}

TEST(Billing, AnAccountPaysByItsOwnCardFromItsHourOn) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.activate(card(
        "special", 1, "2026-02-16T10:00Z",
        R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[{"unitNano":"1"}]}])"));
    house.append("acct_1", "billing.card.assigned",
                 R"({"card":"special","effectiveFrom":"2026-02-16T11:00Z"})");
    for (int hour = 0; hour < 2; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 1'200'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    EXPECT_EQ(house.story(), "16T10 1200000 200000000, 16T11 1200000 20");
    house.open("live.db");
    house.used("acct_1", first_hour + 2h, 60'000);
    house.close(first_hour + 2h);
    EXPECT_TRUE(house.story().ends_with("16T12 60000 1")) << house.story();
}

TEST(Billing, AStatementHasWhatWasBookedInItsMonth) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 1'200'000);
    house.close(first_hour);
    house.write_due();
    house.used("acct_1", first_hour, 60'000);
    house.write_due();
    std::optional<pricing::Statement> statement;
    house.view->statement("acct_1", Month(std::chrono::year(2026), std::chrono::month(2)),
                          house.loop, [&](auto made) { statement = *std::move(made); });
    house.loop.run();
    ASSERT_TRUE(statement.has_value());
    EXPECT_EQ(statement->currency, "EUR");
    EXPECT_EQ(pricing::to_text(statement->amount), "220000000");
    EXPECT_EQ(pricing::to_text(statement->total), "22");
    ASSERT_EQ(statement->lines.size(), 2U);
    for (const auto& part : statement->lines[0].parts)
        EXPECT_NE(part.what, pricing::StatementPart::What::other);
}

// Whatever comes late, is corrected, is read at once or again: what is booked is what was used, at
// its price, and doing any of it again adds nothing.
TEST(Billing, PropertyBookedIsUsedAtItsPrice) {
    constexpr int histories = 60;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        House house;
        SeededRandom random(seed);
        const auto priced = card("standard", 1, "2026-02-16T10:00Z", minutes);
        house.activate(priced);
        std::map<std::string, std::int64_t> used;
        Window hour = first_hour;
        for (int step = 0; step < 40; ++step) {
            const std::string account = "acct_" + std::to_string(random.below(2));
            switch (random.below(6)) {
                case 0:
                    house.close(hour);
                    hour += 1h;
                    break;
                case 1:
                    house.write_due();
                    break;
                case 2:
                    house.open("live.db");
                    break;
                default: {
                    const auto back = static_cast<int>(random.below(3));
                    const Window of = std::max(first_hour, hour - std::chrono::hours(back));
                    const auto quantity =
                        static_cast<std::int64_t>(random.below(900'000)) - 200'000;
                    house.used(account, of, quantity, quantity < 0);
                    used[account] += quantity;
                }
            }
        }
        house.close(hour);
        house.write_due();
        ASSERT_EQ(house.story(), "") << "seed " << seed;
        const auto item = pricing::parse_card(priced)->items[0];
        for (const auto& [account, quantity] : used) {
            std::int64_t booked = 0;
            pricing::Int128 amount = 0;
            house.view->entries({.account_id = account, .limit = 1000}, house.loop, [&](auto rows) {
                for (const EntryRow& row : *rows) {
                    const auto json = *contract::Json::parse(row.payload_json);
                    const bool charge = row.type == "billing.usage.recorded";
                    booked +=
                        std::stoll(std::string(*json.text(charge ? "quantity" : "quantityDelta")));
                    amount += *pricing::parse_int128(*json.text(charge ? "amount" : "amountDelta"));
                }
            });
            house.loop.run();
            ASSERT_EQ(booked, quantity) << "seed " << seed;
            ASSERT_EQ(pricing::to_text(amount),
                      pricing::to_text(*pricing::amount_of(item, quantity)))
                << "seed " << seed;
        }
        SCOPED_TRACE(seed);
        house.expect_same_anew();
    }
}

}  // namespace
}  // namespace lifeline::billing
