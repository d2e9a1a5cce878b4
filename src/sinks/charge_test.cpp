#include "sinks/charge.h"

#include <gtest/gtest.h>

#include <string>

#include "sinks/test_charge.h"

namespace lifeline::sinks {
namespace {

Result<contract::Event> event(std::string_view type, std::string_view ts,
                              std::string_view payload) {
    contract::EventChecker checker;
    return checker.check(contract::event_json("ll_1", "acct_01JKQ8S0", ts, type, payload),
                         contract::Sender::server);
}

TEST(Charge, IsWhatTheEventOfUsageSays) {
    const auto recorded = event("billing.usage.recorded", "2026-02-16T11:12:00.000Z", R"({
        "accountId":"acct_01JKQ8S0","meter":"call.duration_ms","item":"minutes",
        "window":"2026-02-16T10:00Z","quantity":"312000","unit":"ms","amount":"104000000",
        "currency":"EUR","card":"standard","cardVersion":3,
        "cardSha256":"abababababababababababababababababababababababababababababababab",
        "recordCount":1,"recordIds":["mr_1"],
        "recordsHash":"abababababababababababababababababababababababababababababababab",
        "idempotencyKey":"bu_7k2m"})");
    ASSERT_TRUE(recorded) << recorded.error().detail;
    ASSERT_TRUE(is_charge(*recorded));
    const auto charge = charge_of(*recorded);
    ASSERT_TRUE(charge) << charge.error().detail;
    EXPECT_EQ(*charge, usage_charge());
}

TEST(Charge, OfACorrectionKeepsTheHourOfTheService) {
    const auto adjusted = event("billing.adjustment.created", "2026-02-17T09:30:00.250Z", R"({
        "adjustmentId":"ba_9x4p","kind":"over","serviceWindow":"2026-02-16T10:00Z",
        "meter":"call.duration_ms","item":"minutes","quantityDelta":"-60000",
        "amountDelta":"-20000000","currency":"EUR","cause":"counted twice","corrects":"bu_7k2m",
        "card":"standard","cardVersion":3})");
    ASSERT_TRUE(adjusted) << adjusted.error().detail;
    ASSERT_TRUE(is_charge(*adjusted));
    const auto charge = charge_of(*adjusted);
    ASSERT_TRUE(charge) << charge.error().detail;
    EXPECT_EQ(*charge, correction());
}

// It would be sent as 0, which is another charge.
TEST(Charge, WhoseQuantityCannotBeReadIsNone) {
    const auto adjusted = event("billing.adjustment.created", "2026-02-17T09:30:00.250Z", R"({
        "adjustmentId":"ba_9x4p","kind":"over","serviceWindow":"2026-02-16T10:00Z",
        "meter":"call.duration_ms","item":"minutes","quantityDelta":"9999999999999999999",
        "amountDelta":"-20000000","currency":"EUR","cause":"counted twice"})");
    ASSERT_TRUE(adjusted) << adjusted.error().detail;
    const auto charge = charge_of(*adjusted);
    ASSERT_FALSE(charge);
    EXPECT_TRUE(charge.error().detail.contains("9999999999999999999")) << charge.error().detail;
}

TEST(Charge, NothingElseIsPublished) {
    const auto other =
        event("billing.delivery.completed", "2026-02-17T09:30:00.250Z",
              R"({"sink":"s","chargeId":"bu_1","outcome":"delivered","attempts":1})");
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_FALSE(is_charge(*other));
}

}  // namespace
}  // namespace lifeline::sinks
