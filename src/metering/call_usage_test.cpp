#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/bounded_sum.h"
#include "metering/test_usage.h"
#include "metering/usage_tick.h"

namespace lifeline::metering {
namespace {

using namespace std::chrono_literals;

TEST(CallUsage, TimeRunsWhileTheCallIsConnected) {
    TestUsage call;
    call.pass(5s);
    call.connected();
    call.pass(90s);
    call.reconnecting();
    call.pass(40s);
    call.reconnected();
    call.pass(10s);
    call.ended();
    EXPECT_EQ(call.story(), "call.duration_ms 10h 100000 end");
    // From connected on: connected, reconnecting, reconnected, ended.
    EXPECT_EQ(call.due[0].evidence.first, 1U);
    EXPECT_EQ(call.due[0].evidence.last, 4U);
    EXPECT_EQ(call.due[0].evidence.count, 4U);
    EXPECT_EQ(format_rfc3339(call.due[0].from), "2026-02-16T10:00:05.000Z");
    EXPECT_EQ(format_rfc3339(call.due[0].to), "2026-02-16T10:02:25.000Z");
}

TEST(CallUsage, EvidenceIsAChainOverAllOfIt) {
    const Witness first{.seq = 3, .bytes = sha256("one")};
    const Witness second{.seq = 8, .bytes = sha256("two")};
    Evidence evidence;
    for (const Witness& witness : {first, second, second}) evidence.add(witness);
    Sha256 sha;
    const Digest after_one = sha.of({view(Digest{}), view(first.bytes)});
    EXPECT_EQ(evidence, (Evidence{.first = 3,
                                  .last = 8,
                                  .count = 2,
                                  .chain = sha.of({view(after_one), view(second.bytes)})}));
}

TEST(CallUsage, IsCutAtTheEdgeOfEachHour) {
    TestUsage call;
    call.pass(59min);
    call.connected();
    call.pass(1min + 300ms);
    call.hour_began();  // A little late.
    EXPECT_EQ(call.story(), "call.duration_ms 10h 60000 hour");
    call.pass(1h);
    call.hour_began();
    call.pass(30min);
    call.ended();
    EXPECT_EQ(call.story(),
              "call.duration_ms 10h 60000 hour, call.duration_ms 11h 3600000 hour, "
              "call.duration_ms 12h 1800300 end");
}

TEST(CallUsage, MeasuresByTheClockThatDoesNotJump) {
    TestUsage call;
    call.connected();
    call.pass(10min);
    call.jump_wall(40min);
    call.pass(5min);
    call.ended();
    EXPECT_EQ(call.story(), "call.duration_ms 10h 900000 end");
}

TEST(CallUsage, NobodyPaysForTheTimeBetweenTwoRuns) {
    TestUsage call;
    call.connected();
    call.pass(10min);
    const Moment last = call.now();
    call.pass(5min);  // Down.
    call.run_began(last);
    call.pass(1s);
    call.reconnecting();
    call.pass(30s);
    call.ended();
    EXPECT_EQ(call.story(), "call.duration_ms 10h 601000 paused");

    TestUsage killed;
    killed.connected();
    killed.pass(10min);
    const Moment then = killed.now();
    killed.pass(2h);
    killed.run_began(then);
    EXPECT_EQ(killed.story(), "call.duration_ms 10h 600000 crash");
    killed.ended();
    EXPECT_EQ(killed.story(), "call.duration_ms 10h 600000 crash");
}

TEST(CallUsage, ARunThatStopsIsMeasuredToItsEnd) {
    TestUsage call;
    call.connected();
    call.pass(10min);
    call.run_stops();
    const Moment last = call.now();
    call.pass(5min);
    call.run_began(last);
    call.pass(1min);
    call.ended();
    EXPECT_EQ(call.story(), "call.duration_ms 10h 660000 end");
}

TEST(CallUsage, CountsAnActionOnceHoweverOftenItWasTried) {
    TestUsage call;
    call.action("requested", "act_1", R"(,"actionType":"send_email","summary":"s")");
    call.action("started", "act_1",
                R"(,"executor":"http","attempt":1,"leaseUntil":"2026-02-16T10:00:00.000Z")");
    call.action(
        "attempt.failed", "act_1",
        R"(,"attempt":1,"code":"x","message":"m","willRetryAt":"2026-02-16T10:00:00.000Z")");
    call.action("started", "act_1",
                R"(,"executor":"http","attempt":2,"leaseUntil":"2026-02-16T10:00:00.000Z")");
    call.action("succeeded", "act_1", R"(,"durationMs":5)");
    EXPECT_EQ(call.story(), "action.count send_email succeeded 10h 1");
    EXPECT_EQ(call.due[0].evidence.count, 4U);
    EXPECT_EQ(call.due[0].action_id, "act_1");
}

TEST(CallUsage, WhatWasNeverBegunIsNotCounted) {
    TestUsage call;
    call.action("requested", "act_1", R"(,"actionType":"send_email","summary":"s")");
    call.action("cancelled", "act_1", R"(,"cause":"denied")");
    call.action("requested", "act_2", R"(,"actionType":"send_email","summary":"s")");
    call.action("rejected", "act_2", R"(,"code":"schema","message":"m")");
    call.action("requested", "act_3", R"(,"actionType":"send_email","summary":"s")");
    call.ended();
    EXPECT_EQ(call.story(), "");
}

TEST(CallUsage, AnOutcomeThatNobodyKnowsIsNoNumberUntilSomebodyDoes) {
    TestUsage call;
    call.action("requested", "act_1", R"(,"actionType":"pay","summary":"s")");
    call.action("started", "act_1",
                R"(,"executor":"http","attempt":1,"leaseUntil":"2026-02-16T10:00:00.000Z")");
    call.action("outcome_unknown", "act_1", R"(,"lastKnown":"sent")");
    EXPECT_EQ(call.story(), "action.count pay unknown 10h ?");
    EXPECT_TRUE(call.due[0].needs_reconciliation);
    call.ended();
    call.pass(2h);
    call.action("resolved", "act_1", R"(,"resolution":"succeeded","by":"usr_1","evidence":"e")");
    EXPECT_EQ(call.story(), "action.count pay unknown 10h ?, action.count pay succeeded 12h 1");
    EXPECT_EQ(call.due[1].corrects, call.due[0].id);
}

TEST(CallUsage, TokensHaveDirectionsAndAreAddedUpByTheHour) {
    TestUsage call;
    const std::string dims =
        R"(,"model":"gpt-5","participant":"agt_1","dims":{"inputTokens":100,"cachedTokens":40,"outputTokens":7})";
    call.reported("use_1", R"("107")", dims, "agent.tokens");
    call.reported("use_2", R"("107")", dims, "agent.tokens");
    call.reported("use_2", R"("107")", dims, "agent.tokens");  // Told twice.
    call.ended();
    EXPECT_EQ(call.story(),
              "agent.tokens cached gpt-5 10h 80 end, agent.tokens input gpt-5 10h 120 end, "
              "agent.tokens output gpt-5 10h 14 end");
    EXPECT_EQ(call.due[0].evidence.count, 2U);
    EXPECT_EQ(call.due[0].cls, UsageRecord::Class::imported);
}

TEST(CallUsage, NoTokensAtAllSettleWhatWasNotKnown) {
    TestUsage call;
    call.reported("use_1", "null", R"(,"model":"gpt-5")", "agent.tokens");
    call.reconciled("use_1", "0", R"(,"dims":{"inputTokens":0,"outputTokens":0})");
    EXPECT_EQ(call.story(), "agent.tokens gpt-5 10h ?, agent.tokens gpt-5 10h 0");
    EXPECT_EQ(call.due[1].corrects, call.due[0].id);
}

TEST(CallUsage, AnUnknownQuantityIsNoZero) {
    TestUsage call;
    call.reported("use_1", "null");
    EXPECT_EQ(call.story(), "stt.ms 10h ?");
    call.reconciled("use_1", "500");
    EXPECT_EQ(call.story(), "stt.ms 10h ?, stt.ms 10h 500");
    EXPECT_EQ(call.due[1].corrects, call.due[0].id);
    call.reconciled("use_1", "480");
    EXPECT_EQ(call.story(), "stt.ms 10h ?, stt.ms 10h 500, stt.ms 10h -20");
    call.reconciled("use_1", "480");
    EXPECT_EQ(call.due.size(), 3U) << "nothing differs";
}

TEST(CallUsage, ACorrectionSaysTheDifferenceInTheHourOfTheService) {
    TestUsage call;
    call.reported("use_1", R"("1000")");
    call.pass(1h);
    call.hour_began();
    call.pass(1h);
    call.reconciled("use_1", "900");
    EXPECT_EQ(call.story(), "stt.ms 10h 1000 hour, stt.ms 10h -100");
    EXPECT_EQ(call.due[1].corrects, call.due[0].id);
}

TEST(CallUsage, WhatWasNothingIsCorrectedByARecordThatNamesNoOther) {
    TestUsage call;
    call.reported("use_1", R"("0")");
    call.reconciled("use_1", "5");
    call.pass(1h);
    call.hour_began();
    call.reconciled("use_1", "7");
    call.ended();
    EXPECT_EQ(call.story(), "stt.ms 10h 5, stt.ms 10h 2");
    for (const auto& record : call.due) EXPECT_EQ(record.corrects, "") << "there is no record of 0";
}

TEST(CallUsage, WhatComesAfterTheEndOrLateIsARecordOfItsOwn) {
    TestUsage call;
    call.connected();
    call.pass(3h);
    call.hour_began();
    call.reported("use_1", R"("7")", R"(,"at":"2026-02-16T10:30:00.000Z")");
    call.reported("use_2", R"("8")");
    call.ended();
    call.reported("use_3", R"("9")");
    call.said("utt_1", "tr\u00e4um");
    EXPECT_EQ(call.story(),
              "call.duration_ms 10h 3600000 hour, call.duration_ms 11h 3600000 hour, "
              "call.duration_ms 12h 3600000 hour, stt.ms 10h 7, stt.ms 13h 8 end, "
              "stt.ms 13h 9, transcript.chars user 13h 5");
    std::set<std::string> ids;
    for (const auto& record : call.due) ids.insert(record.id);
    EXPECT_EQ(ids.size(), call.due.size());
}

TEST(CallUsage, NobodyReportsWhatIsMeasuredHere) {
    TestUsage call;
    for (const char* meter : {"call.duration_ms", "action.count", "transcript.chars"})
        call.reported(std::string("use_") + meter, R"("7")", "", meter);
    call.ended();
    EXPECT_EQ(call.story(), "");
}

TEST(CallUsage, NobodyReportsTheFuture) {
    TestUsage call;
    call.reported("use_1", R"("7")", R"(,"at":"2027-02-16T10:30:00.000Z")");
    call.ended();
    EXPECT_EQ(call.story(), "stt.ms 10h 7 end");
}

TEST(CallUsage, MoreThanAnybodyUsesIsNotKnown) {
    TestUsage call;
    call.reported("use_1", R"("9999999999999999999")");
    EXPECT_EQ(call.story(), "stt.ms 10h ?");
}

TEST(CallUsage, RoundsTheWholeAndNotItsParts) {
    const auto json = contract::Json::parse(
        R"([{"meter":"call.duration_ms","version":2,"unit":"ms","increment":"60000","minimum":"60000"}])");
    TestUsage call(*Meters::parse(*json));
    call.pass(59min + 50s);
    call.connected();
    call.pass(10s);
    call.hour_began();
    call.pass(10s);
    call.reconnecting();
    call.pass(1h);
    call.hour_began();
    call.reconnected();
    call.pass(45s);
    call.ended();
    EXPECT_EQ(call.story(),
              "call.duration_ms 10h 10000>60000 hour, call.duration_ms 11h 10000>0 paused, "
              "call.duration_ms 12h 45000>60000 end");
}

TEST(CallUsage, WhatNoMeterCountsIsNotRecorded) {
    const auto json = contract::Json::parse(R"([{"meter":"x.pages","version":1,"unit":"page"}])");
    TestUsage call(*Meters::parse(*json));
    call.connected();
    call.said("utt_1", "hello");
    call.reported("use_1", R"("7")");
    call.reported("use_2", R"("3")", R"(,"dims":{"kind":"cv","size":3})", "x.pages");
    call.pass(1min);
    call.ended();
    EXPECT_EQ(call.story(), "x.pages cv 10h 3 end");
}

// What `ticks_of` says, and what the call's records add up to once it is over.
std::map<std::string, std::string> shown(TestUsage& call) {
    std::map<std::string, std::string> told;
    for (const UsageTick& tick : ticks_of(call.usage(), call.now())) {
        const auto json = contract::Json::parse(tick.payload);
        told[tick.meter] = std::string(json->text("quantity").value_or("?"));
    }
    return told;
}

TEST(CallUsage, TellsWhatIsRecordedWithWhatIsOpen) {
    TestUsage call;
    EXPECT_EQ(shown(call), (std::map<std::string, std::string>{}));
    call.pass(59min);
    call.connected();
    call.said("utt_1", "hello");
    call.pass(1min);
    call.hour_began();
    EXPECT_FALSE(call.due.empty());
    call.said("utt_2", "you");
    call.said("utt_3", "Hello.", "agent");
    call.reported("use_1", R"("7")");
    call.reported("use_2", "null", "", "tts.chars");
    call.action("requested", "act_1", R"(,"actionType":"email.send","summary":"Send.")");
    call.action("started", "act_1",
                R"(,"executor":"http","attempt":1,"leaseUntil":"2026-02-16T11:10:00.000Z")");
    call.action("succeeded", "act_1", R"(,"durationMs":5)");
    call.pass(20s);
    const auto told = shown(call);
    EXPECT_EQ(told, (std::map<std::string, std::string>{{"action.count", "1"},
                                                        {"call.duration_ms", "80000"},
                                                        {"stt.ms", "7"},
                                                        {"transcript.chars", "14"}}));
    call.ended();
    std::map<std::string, std::string> recorded;
    std::map<std::string, std::int64_t> sums;
    for (const UsageRecord& record : call.due) sums[record.key.meter] += record.raw.value_or(0);
    for (const auto& [meter, sum] : sums)
        if (sum != 0) recorded[meter] = std::to_string(sum);
    EXPECT_EQ(told, recorded);
    EXPECT_EQ(shown(call), recorded);
}

TEST(CallUsage, TellsTheKindsOfAMeterTogether) {
    TestUsage call;
    const auto told = [&] { return ticks_of(call.usage(), call.now()); };
    call.reported("use_1", R"("7")");
    EXPECT_EQ(
        told(),
        (std::vector<UsageTick>{{"stt.ms", R"({"meterId":"stt.ms","quantity":"7","unit":"ms"})"}}));
    call.reconciled("use_1", "0");
    EXPECT_TRUE(told().empty());
    call.said("utt_1", "you");
    call.said("utt_2", "Hello.", "agent");
    EXPECT_EQ(told()[0].payload,
              R"({"meterId":"transcript.chars","quantity":"9","unit":"char","parts":[)"
              R"({"dims":{"speaker":"agent"},"quantity":"6"},)"
              R"({"dims":{"speaker":"user"},"quantity":"3"}]})");
}

TEST(CallUsage, NamesOfKindsMakeNoTickLarge) {
    TestUsage call;
    for (int i = 0; i < 100; ++i)
        call.reported("use_" + std::to_string(i), '"' + std::to_string(i + 1) + '"',
                      R"(,"dims":{"kind":")" + std::string(400, 'k') + std::to_string(i) + R"("})");
    const auto ticks = ticks_of(call.usage(), call.now());
    ASSERT_EQ(ticks.size(), 1U);
    EXPECT_LT(ticks[0].payload.size(), 10'000U);
    const auto json = contract::Json::parse(ticks[0].payload);
    EXPECT_EQ(json->text("quantity"), "5050");
    const auto parts = json->find("parts")->items();
    EXPECT_THAT(parts.size(), testing::AllOf(testing::Gt(5U), testing::Le(32U)));
    EXPECT_EQ(parts.front().text("quantity"), "100");
}

// A provider that gives its clock for a duration, again and again.
TEST(CallUsage, WhatNoCallUsesIsNotKnown) {
    TestUsage call;
    for (int i = 0; i < 6; ++i) call.reported("use_" + std::to_string(i), R"("1760000000000000")");
    call.ended();
    EXPECT_EQ(call.story(), "stt.ms 10h ?, stt.ms 10h 8800000000000000 end");
    EXPECT_TRUE(call.due[0].needs_reconciliation);
    EXPECT_EQ(call.due[0].report_id, "use_5");
    call.due.clear();
    call.reconciled("use_5", "1000");
    call.reconciled("use_0", "9000000000000000");  // The call would have more than it can.
    call.reconciled("use_0", "5");  // Less what was counted of it, which is as it was.
    EXPECT_EQ(call.story(), "stt.ms 10h 1000, stt.ms 10h ?, stt.ms 10h -1759999999999995");
}

TEST(CallUsage, TokensAreBoundedLikeQuantities) {
    TestUsage call;
    const auto report = [&](const std::string& id, const std::string& input) {
        call.reported(id, R"("7")", R"(,"dims":{"inputTokens":)" + input + R"(,"outputTokens":1})",
                      "agent.tokens");
    };
    report("use_1", "9007199254740991");
    report("use_2", "9000000000000000");
    report("use_3", "1");
    call.ended();
    EXPECT_EQ(call.story(),
              "agent.tokens input 10h ?, agent.tokens input 10h 9000000000000000 end, "
              "agent.tokens output 10h 3 end");
}

TEST(CallUsage, ManyKindsAreShownWithoutAnEnd) {
    TestUsage call(Meters::builtin(), 5000);
    for (int i = 0; i < 1100; ++i)
        call.reported("use_" + std::to_string(i), R"("9000000000000000")",
                      R"(,"dims":{"kind":"k)" + std::to_string(i) + R"("})");
    const auto ticks = ticks_of(call.usage(), call.now());
    ASSERT_EQ(ticks.size(), 1U);
    EXPECT_EQ(contract::Json::parse(ticks[0].payload)->text("quantity"), std::to_string(sum_max));
}

}  // namespace
}  // namespace lifeline::metering
