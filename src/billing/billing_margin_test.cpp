#include <gtest/gtest.h>

#include "billing/test_house.h"

namespace lifeline::billing {
namespace {

// Half a cent a minute, each month's first two at a whole one.
const std::string line_costs =
    R"([{"item":"line","meter":"call.duration_ms","per":"60000",)"
    R"("tiers":[{"upTo":"120000","unitNano":"10000000"},{"unitNano":"5000000"}]}])";
// 2 cents a minute.
const std::string flat =
    R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[{"unitNano":"20000000"}]}])";

Margin margin_of(House& house, MarginQuery query) {
    std::optional<Margin> found;
    house.view->with_cards<Margin>(
        house.loop, [&](Result<Margin> margin) { found = *std::move(margin); },
        [query = std::move(query)](BillingStore& store) { return store.margin(query); });
    house.loop.run();
    return *found;
}

std::string told(const IncomeAndCost& sums) {
    return pricing::to_text(sums.income) + " " + (sums.cost ? pricing::to_text(*sums.cost) : "?");
}

TEST(BillingMargin, AChargeSaysWhatItCostsUsCountedThroughItsMonth) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", flat));
    house.activate(card("cost", 1, "2026-02-16T10:00Z", line_costs, "cost"));
    for (int hour = 0; hour < 2; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 90'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    const auto due = house.due();
    ASSERT_EQ(due.size(), 2U);
    // One and a half minutes at a cent; then half a minute at a cent, and one at half of one.
    EXPECT_EQ(contract::Json::parse(due[0].payload)->text("costNano"), "15000000");
    EXPECT_EQ(contract::Json::parse(due[1].payload)->text("costNano"), "10000000");
}

TEST(BillingMargin, WithoutACostCardOrInAnotherCurrencyTheCostIsNotKnown) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", flat));
    house.used("acct_1", first_hour, 60'000);
    house.close(first_hour);
    EXPECT_FALSE(contract::Json::parse(house.due()[0].payload)->text("costNano"));
    house.write_due();
    EXPECT_EQ(told(margin_of(house, {.account_id = "acct_1"}).sums), "20000000 ?");
}

TEST(BillingMargin, LateUsageMovesTheCostOfTheHoursBehindItToo) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", flat));
    house.activate(card("cost", 1, "2026-02-16T10:00Z", line_costs, "cost"));
    for (int hour = 0; hour < 2; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 60'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    house.write_due();
    house.used("acct_1", first_hour, 60'000);
    house.write_due();
    const auto margin = margin_of(house, {.account_id = "acct_1"});
    EXPECT_EQ(margin.currency, "EUR");
    EXPECT_EQ(told(margin.sums), "60000000 25000000");
    ASSERT_EQ(margin.items.size(), 2U);
    EXPECT_EQ(told(margin.items[0].sums), "40000000 20000000");
    EXPECT_EQ(told(margin.items[1].sums), "20000000 5000000");
}

TEST(BillingMargin, CallsShareAnHourAndPagesAddUp) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", flat));
    house.activate(card("cost", 1, "2026-02-16T10:00Z", line_costs, "cost"));
    for (int hour = 0; hour < 2; ++hour) {
        const Window of = first_hour + std::chrono::hours(hour);
        house.used("acct_1", of, 1, false, "call.duration_ms", "sess_a");
        house.used("acct_1", of, 2, false, "call.duration_ms", "sess_b");
        house.close(of);
    }
    house.write_due();
    const auto whole = margin_of(house, {.account_id = "acct_1"});
    ASSERT_EQ(whole.calls.size(), 2U);
    pricing::Int128 income = 0;
    for (const auto& call : whole.calls) income += call.sums.income;
    EXPECT_EQ(income, whole.sums.income);
    EXPECT_EQ(told(whole.calls[0].sums), "666 334");
    const auto first = margin_of(house, {.account_id = "acct_1", .limit = 1});
    ASSERT_EQ(first.items.size(), 1U);
    ASSERT_NE(first.next, "");
    const auto second = margin_of(house, {.account_id = "acct_1", .after = first.next, .limit = 1});
    ASSERT_EQ(second.items.size(), 1U);
    EXPECT_EQ(second.next, "");
    EXPECT_EQ(second.items[0].window, first_hour + 1h);
    EXPECT_EQ(told(first.sums), told(whole.sums));
}

TEST(BillingMargin, AChargeLeadsToItsRecordsItsCardAndWhatCorrectedIt) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", flat));
    std::vector<std::string> records;
    for (int i = 0; i < 201; ++i) records.push_back(house.used("acct_1", first_hour, 1));
    house.close(first_hour);
    const std::string id = house.due()[0].id;
    house.write_due();
    house.used("acct_1", first_hour, 60'000);
    house.write_due();
    std::optional<ChargeTrace> trace;
    house.view->with_cards<std::optional<ChargeTrace>>(
        house.loop, [&](auto found) { trace = *std::move(found); },
        [id](BillingStore& store) { return store.trace("acct_1", id); });
    house.loop.run();
    ASSERT_TRUE(trace.has_value());
    // More than an event names, and none that came late.
    std::ranges::sort(records);
    std::ranges::sort(trace->record_ids);
    EXPECT_EQ(trace->record_ids, records);
    EXPECT_TRUE(trace->card_json.contains("standard"));
    ASSERT_EQ(trace->adjustments.size(), 1U);
}

}  // namespace
}  // namespace lifeline::billing
