#include <algorithm>

#include "budget/test_account.h"

namespace lifeline::budget {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Credit, ACallReservesAMinuteRenewsItAndPaysWhatItUsed) {
    TestAccount at;
    at.grant("cr_1", 10'000);
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(30));
    at.now += seconds(30);
    at.judge();
    at.use("sess_a", seconds(30));
    at.now += seconds(30);
    at.end("sess_a");
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, extended 900, posted 600");
    EXPECT_EQ(at.account.credit().available(at.now), 9'400);
}

TEST(Credit, TwoCallsCannotSpendTheSame) {
    TestAccount at;
    at.grant("cr_1", 600);
    EXPECT_TRUE(at.admit("sess_a"));
    EXPECT_FALSE(at.admit("sess_b"));
    EXPECT_EQ(at.refused, "credit_exhausted");
    at.keep(at.account.release("sess_a"));
    EXPECT_TRUE(at.admit("sess_b"));
    EXPECT_EQ(at.story(), "reserved 600, voided 600, reserved 600");
}

TEST(Credit, ItEndsTheCallWhenItIsUsedUpAndSaysSo) {
    TestAccount at;
    at.grant("cr_1", 100);
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(4));
    auto decision = at.judge();
    EXPECT_TRUE(decision.notices.empty());
    EXPECT_LE(decision.look_again, seconds(6) + Millis(1)) << "100 nano-units last ten seconds";
    at.use("sess_a", seconds(6));
    decision = at.judge();
    ASSERT_EQ(decision.notices.size(), 1U);
    EXPECT_TRUE(decision.notices[0].stops);
    EXPECT_EQ(decision.notices[0].session_id, "sess_a");
    at.judge();
    EXPECT_EQ(at.story(), "reserved 100, posted 100");
}

TEST(Credit, WhatADeadServerReservedComesBack) {
    TestAccount at;
    at.grant("cr_1", 600);
    EXPECT_TRUE(at.admit("sess_a"));
    at.crash();
    EXPECT_FALSE(at.admit("sess_b"));
    at.now += hold_lives;
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, expired 600");
    EXPECT_TRUE(at.admit("sess_b"));
}

TEST(Credit, WhatWasUsedBeforeACrashStaysUsed) {
    TestAccount at;
    at.grant("cr_1", 10'000);
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(20));
    at.crash();
    at.calls["sess_a"].running = false;  // It waits for its line.
    at.now += minutes(2);
    at.judge();
    at.use("sess_a", seconds(10));
    at.judge();
    at.end("sess_a");
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, posted 200, reserved 700, posted 100");
}

TEST(Credit, ACallWhoseTimeDoesNotRunPaysWhatItUsesAndEndsWhereNothingIsLeft) {
    TestAccount at;
    at.grant("cr_1", 1'000);
    EXPECT_TRUE(at.admit("sess_a"));
    const auto uses = [&](Millis time) {
        at.use("sess_a", time);
        at.calls["sess_a"].running = false;
        return at.judge().notices.size();
    };
    EXPECT_EQ(uses(seconds(30)), 0U);
    at.now += minutes(2);
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, posted 300") << "nobody renews it";
    EXPECT_EQ(uses(seconds(20)), 0U);
    EXPECT_EQ(at.account.credit().held_by("sess_a"), 200);
    EXPECT_EQ(uses(seconds(60)), 1U) << "it used 800 where 700 were left";
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, posted 300, reserved 200, extended 700, posted 700");
    EXPECT_EQ(at.account.credit().available(at.now), 0);
}

TEST(Credit, WhatIsReservedDoesNotRunOutWithItsGrant) {
    TestAccount at;
    at.grant("cr_late", 500);
    at.grant("cr_soon", 400, at.now + seconds(30));
    EXPECT_TRUE(at.admit("sess_a"));  // 400 of the one that runs out, 200 of the other.
    at.now += seconds(40);
    EXPECT_EQ(at.account.credit().available(at.now), 300);
    at.use("sess_a", seconds(20));
    at.end("sess_a");
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 500) << "200 used were of what ran out";
    EXPECT_EQ(at.account.credit().lapsed(at.now), 200);
}

TEST(Credit, WhatIsToldAfterTheEndIsPaidOnceByWhatThereIs) {
    TestAccount at;
    at.grant("cr_1", 1'000);
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(30));
    at.end("sess_a");
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, posted 300");
    at.late("sess_a", seconds(20));
    at.judge();
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, posted 300, reserved 200, posted 200");
    at.crash();
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 500) << "it is known to be paid";
    at.late("sess_a", seconds(10));
    at.crash();
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 400) << "told just before it died";
    at.late("sess_a", minutes(1));
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 0);
    at.grant("cr_2", 1'000);
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 1'000) << "what was not there pays nothing";
}

TEST(Credit, WhatWasUsedBeforeThereWasAnyCreditIsNotPaidByIt) {
    TestAccount at;
    at.late("sess_a", seconds(30));
    at.end("sess_a");
    at.judge();
    at.grant("cr_1", 1'000);
    at.judge();
    EXPECT_EQ(at.story(), "");
    at.late("sess_a", seconds(30));
    at.judge();
    EXPECT_EQ(at.story(), "reserved 300, posted 300");
}

TEST(Credit, AHourInWhichThereWasNoneIsNotPaidByItThoughTheCallGoesOn) {
    TestAccount at;
    at.use("sess_a", minutes(2));
    at.now += std::chrono::hours(2);
    at.grant("cr_1", 1'000);
    at.judge();
    at.use("sess_a", seconds(30));
    at.judge();
    at.end("sess_a");
    at.judge();
    EXPECT_EQ(at.story(), "reserved 600, extended 900, posted 300");
}

TEST(Credit, AnotherProcessPaysNotAgainForThePlacesOfOthers) {
    TestAccount at(R"("per":"60000","included":"600000","tiers":[{"unitNano":"600"}])");
    at.grant("cr_1", 100'000);
    for (const char* const call : {"sess_a", "sess_b"}) EXPECT_TRUE(at.admit(call));
    for (const char* const call : {"sess_a", "sess_a", "sess_b"}) {
        at.use(call, minutes(10));
        at.judge();
    }
    at.end("sess_b");
    at.judge();
    at.crash();
    at.judge();
    at.end("sess_a");
    at.judge();
    const Int128 costs = 20 * 600;
    EXPECT_GE(at.account.credit().used(), costs);
    EXPECT_LE(at.account.credit().used(), costs + 600) << "what it holds tells it to a minute";
}

TEST(Credit, IsNoMoneyOfAnotherCurrency) {
    TestAccount at;
    at.grant("cr_1", 1'000);
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(30));
    at.card.currency = "USD";
    EXPECT_FALSE(at.admit("sess_b"));
    EXPECT_EQ(at.refused, "credit_exhausted");
    at.end("sess_a");
    at.judge();
    at.now += hold_lives;
    at.judge();
    EXPECT_EQ(at.account.credit().available(at.now), 1'000) << "it is charged, and owed";
}

TEST(Credit, IsDrawnAsItWasDecidedHoweverLateThatIsWritten) {
    TestAccount at;
    at.grant("cr_late", 500);
    at.grant("cr_soon", 400, at.now + seconds(1));
    EXPECT_TRUE(at.admit("sess_a"));
    at.use("sess_a", seconds(40));
    at.end("sess_a");
    at.judge();
    const Int128 left = at.account.credit().available(at.now + seconds(2));
    for (auto& one : at.written) one.at += seconds(2);
    at.crash();
    EXPECT_EQ(at.account.credit().available(at.now + seconds(2)), left);
}

TEST(Credit, AHoldEndsOnce) {
    TestAccount at;
    at.grant("cr_1", 1'000);
    EXPECT_TRUE(at.admit("sess_a"));
    Credit credit = at.account.credit();
    const auto posted = credit.resolve("sess_a", 100);
    EXPECT_TRUE(credit.take(*posted, at.now));
    EXPECT_FALSE(credit.take(*posted, at.now));
    EXPECT_EQ(credit.used(), 100);
    EXPECT_EQ(credit.resolve("sess_a", 100), std::nullopt);
}

TEST(Budgets, WarnAtEachPercentThenStopAllCallsOfTheAccount) {
    TestAccount at;
    at.change({.id = "talk",
               .meter = "call.duration_ms",
               .limit = 60'000,
               .warn_at = {80, 50},
               .hard = true});
    at.use("sess_a", seconds(15));
    at.use("sess_b", seconds(14));
    EXPECT_TRUE(at.judge().notices.empty());
    at.use("sess_b", seconds(1));
    auto decision = at.judge();
    ASSERT_EQ(decision.notices.size(), 3U) << "the account and both calls";
    EXPECT_FALSE(decision.notices[1].stops);
    EXPECT_EQ(decision.look_again, seconds(9) + Millis(1))
        << "two calls use the rest twice as fast";
    at.use("sess_a", seconds(30));
    decision = at.judge();
    EXPECT_EQ(std::ranges::count_if(decision.notices, &Notice::stops), 2);
    EXPECT_FALSE(at.admit("sess_c"));
    EXPECT_EQ(at.refused, "budget_exceeded");
    at.now += std::chrono::days(28);
    EXPECT_TRUE(at.admit("sess_c")) << "another month";
}

TEST(Budgets, ASoftOneOnlySaysSoAndALiftedOneNothing) {
    TestAccount at;
    Budget budget{.id = "soft", .period = Budget::Period::day, .limit = 100};
    at.change(budget);
    at.use("sess_a", seconds(30));
    const auto decision = at.judge();
    ASSERT_EQ(decision.notices.size(), 2U);
    EXPECT_FALSE(decision.notices[1].stops);
    EXPECT_TRUE(at.admit("sess_b"));
    budget.limit.reset();
    at.change(budget);
    EXPECT_TRUE(at.judge().notices.empty());
    EXPECT_TRUE(at.account.unlimited());
}

TEST(Budgets, OfEachCallEndThatCallOnly) {
    TestAccount at;
    at.change({.id = "each",
               .scope = Budget::Scope::call,
               .period = Budget::Period::call,
               .limit = 200,
               .hard = true});
    at.use("sess_a", seconds(19));
    at.use("sess_b", seconds(20));
    const auto decision = at.judge();
    ASSERT_EQ(decision.notices.size(), 1U);
    EXPECT_EQ(decision.notices[0].session_id, "sess_b");
    EXPECT_TRUE(decision.notices[0].stops);
    EXPECT_LE(decision.look_again, seconds(1) + Millis(1));
}

TEST(Budgets, AskForNoMoreHoursThanTheyCount) {
    const WallTime now = *parse_rfc3339("2026-02-16T10:00:00.000Z");
    const Window month = *parse_window("2026-02-01T00:00Z");
    Budgets budgets{
        {"day", {.id = "day", .period = Budget::Period::day}},
        {"each", {.id = "each", .scope = Budget::Scope::call, .period = Budget::Period::call}}};
    EXPECT_EQ(counted_from({}, now), month);
    EXPECT_EQ(counted_from(budgets, now), month);
    budgets["all"] = {.id = "all", .period = Budget::Period::total};
    EXPECT_EQ(counted_from(budgets, now), Window::min());
}

TEST(Budgets, AreRefusedWhereTheyMeanNothing) {
    EXPECT_FALSE(judge({.id = "a", .limit = 0}));
    EXPECT_FALSE(judge({.id = "a", .scope = Budget::Scope::call, .period = Budget::Period::day}));
    EXPECT_FALSE(judge({.id = "a", .period = Budget::Period::call}));
    EXPECT_TRUE(judge({.id = "a", .limit = 1}));
}

}  // namespace
}  // namespace lifeline::budget
