#include "app/whatif_prices.h"

#include <gtest/gtest.h>

#include "contract/event.h"

namespace lifeline::app {
namespace {

// Half a cent a minute more from the third minute of a month on.
constexpr std::string_view other =
    R"({"card":"other","currency":"EUR","effectiveFrom":"2026-01-01T00:00Z","items":[{"item":"minutes",)"
    R"("meter":"call.duration_ms","per":"60000","tiers":[{"upTo":"120000","unitNano":"10000000"},)"
    R"({"unitNano":"15000000"}]}],"kind":"price","version":1})";

struct Recording {
    explicit Recording(WhatIfPrices::Wanted wanted)
        : prices(*pricing::parse_card(other), std::move(wanted)) {}

    void happened(const std::string& stream, const std::string& type, const std::string& payload) {
        const auto id = "ll_" + std::to_string(++made);
        const auto bytes = contract::event_json(id, stream, written_at, type, payload);
        ASSERT_TRUE(WhatIfPrices::looks_at(stream, bytes));
        const auto event = checker.read_stored(bytes);
        ASSERT_TRUE(event) << event.error().detail;
        prices.take({.stream = stream, .actor_id = "", .at = {}, .event = &*event});
    }
    void used(const std::string& id, const std::string& hour, const std::string& quantity) {
        happened(
            "sess_1", "billing.usage.measured",
            R"({"recordId":")" + id + R"(","accountId":"acct_1","sessionId":"sess_1",)" +
                R"("meter":"call.duration_ms","meterVersion":1,"window":")" + hour +
                R"(","unit":"ms","from":"2026-02-16T10:00:00.000Z",)" +
                R"("to":"2026-02-16T10:00:00.000Z","quantityRaw":")" + quantity +
                R"(","quantity":")" + quantity + R"(","cumulative":")" + quantity +
                R"(","class":"measured","needsReconciliation":false,"keyId":"k","signature":")" +
                std::string(86, 'A') +
                R"(","evidence":{"seqFirst":1,"seqLast":1,"count":1,"sha256":")" +
                std::string(64, 'a') + R"("}})");
    }
    void adjusted(const std::string& id, const std::string& amount, const std::string& currency,
                  const std::string& kind = "late") {
        happened("acct_1", "billing.adjustment.created",
                 R"({"adjustmentId":")" + id + R"(","kind":")" + kind + R"(","serviceWindow":)" +
                     R"("2026-02-16T11:00Z","meter":"call.duration_ms","item":"minutes",)" +
                     R"("quantityDelta":"1","amountDelta":")" + amount + R"(","currency":")" +
                     currency + R"(","cause":"late"})");
    }
    int made = 0;
    std::string written_at = "2026-02-20T10:00:00.000Z";
    contract::EventChecker checker;
    WhatIfPrices prices;
};

TEST(WhatIfPrices, CountsTiersFromTheBeginningOfTheMonthAndSumsWhatIsWanted) {
    Recording recording({.from = parse_window("2026-02-16T11:00Z")});
    recording.used("mr_1", "2026-02-16T10:00Z", "90000");
    recording.used("mr_2", "2026-02-16T11:00Z", "90000");
    recording.used("mr_2", "2026-02-16T11:00Z", "90000");  // The same record again.
    recording.adjusted("ba_1", "30000000", "EUR");
    const auto rows = recording.prices.rows();
    ASSERT_TRUE(rows) << rows.error().detail;
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->front().now, pricing::Int128(30'000'000));
    // Half a minute at a cent, and one at one and a half.
    EXPECT_EQ(rows->front().then, pricing::Int128(20'000'000));
    EXPECT_TRUE(recording.prices.in_words(*rows).contains("-0.01"));
    EXPECT_TRUE(recording.prices.in_json(*rows).contains(R"("difference":"-10000000")"));
}

TEST(WhatIfPrices, ComparesUsageWithUsage) {
    Recording recording({});
    recording.adjusted("ba_1", "30000000", "EUR");
    recording.adjusted("ba_2", "-5000000", "EUR", "write_off");
    recording.adjusted("ba_3", "970000000", "EUR", "price_fix");
    recording.used("mr_1", "2026-02-16T11:00Z", "60000");
    recording.happened("sys_metering", "billing.window.closed",
                       R"({"window":"2026-02-16T11:00Z","upToPosition":9})");
    recording.used("mr_2", "2026-02-16T11:00Z", "60000");
    recording.written_at = "2026-03-30T10:00:00.000Z";
    recording.used("mr_3", "2026-02-16T11:00Z", "60000");  // Nobody charges it by itself.
    const auto rows = recording.prices.rows();
    ASSERT_TRUE(rows) << rows.error().detail;
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->front().now, pricing::Int128(30'000'000));
    EXPECT_EQ(rows->front().then, pricing::Int128(20'000'000));
}

TEST(WhatIfPrices, DoesNotCompareCurrencies) {
    Recording recording({});
    recording.adjusted("ba_1", "1", "USD");
    const auto rows = recording.prices.rows();
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().reason, "currency_differs");
}

}  // namespace
}  // namespace lifeline::app
