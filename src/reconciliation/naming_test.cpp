#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "contract/json.h"
#include "reconciliation/first_ids.h"
#include "reconciliation/test_history.h"

// A finding names the calls, records and charges that differ, however many stand beside them.
namespace lifeline::reconciliation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The line of the account, not of a sink.
Row own_row(const TestHistory& history) {
    return history.reconcile().rows.at(0);
}
Row sink_row(const TestHistory& history) {
    return history.reconcile().rows.at(1);
}

// More calls than are shown, all in one line, with a charge of all of it. Their records stand
// before mr_z in the order of ids.
struct CrowdedHistory : TestHistory {
    static constexpr int calls_beside = 300;
    CrowdedHistory() {
        std::int64_t sum = 90'000;
        for (int i = 0; i < calls_beside; ++i) {
            const std::string session = fmt::format("sess_a{:03}", i);
            connect(session, "acct_1", ten, 1'000, 1);
            measure(fmt::format("mr_a{:03}", i), session, "acct_1", ten, 1'000, 10);
            sum += 1'000;
        }
        entries.front().quantity = sum;
        entries.front().records.clear();  // Of so many it has the hash alone.
        // The first tier is full with 120 seconds.
        entries.front().amount = 40'000'000 + (sum - 120'000) * 1'000 / 6;
    }
};

TEST(Naming, WhatAgreesNamesWhatIsBehindIt) {
    const Row row = own_row(TestHistory());
    EXPECT_THAT(row.calls, IsEmpty());
    EXPECT_THAT(row.differing, IsEmpty());
    EXPECT_THAT(row.ids, ElementsAre("bu_1", "mr_1"));
    EXPECT_EQ(own_row(CrowdedHistory()).verdict.klass, Class::match);
    EXPECT_EQ(own_row(CrowdedHistory()).ids.size(), ids_shown_max);
}

TEST(Naming, ARecordThatIsTooMuchIsNamedBeforeAllThatAgree) {
    CrowdedHistory history;
    history.measure("mr_z", "sess_z", "acct_1", ten, 5'000, 12);
    const Row row = own_row(history);
    EXPECT_EQ(row.verdict.klass, Class::orphan);
    EXPECT_THAT(row.calls, ElementsAre("sess_z"));
    EXPECT_THAT(row.differing, ElementsAre("mr_z"));
    EXPECT_EQ(row.ids.front(), "mr_z");
    EXPECT_EQ(row.ids.size(), ids_shown_max);
    EXPECT_EQ(row.ids.at(1), "bu_1") << "and then the rest, in its order";
}

// It has no name: the call in which it lacks has.
TEST(Naming, ARecordThatLacksIsNamedByItsCall) {
    CrowdedHistory history;
    std::erase_if(history.records, [](const Record& one) { return one.id == "mr_a250"; });
    const Row row = own_row(history);
    EXPECT_EQ(row.verdict.klass, Class::under_charge);
    EXPECT_THAT(row.calls, ElementsAre("sess_a250"));
    EXPECT_THAT(row.differing, IsEmpty());
    EXPECT_EQ(
        contract::Json::parse(mismatch_json(row, "rr_1"))->find("ids")->items().at(0).as_text(),
        "sess_a250");
}

TEST(Naming, EveryKindOfDifferenceInMeasuringNamesItsCall) {
    TestHistory unit;
    unit.connect("sess_2", "acct_1", ten, 1'000, 3);
    unit.measure("mr_2", "sess_2", "acct_1", ten, 1'000, 11).unit = "s";
    EXPECT_THAT(own_row(unit).calls, ElementsAre("sess_2"));
    EXPECT_THAT(own_row(unit).differing, ElementsAre("mr_2"));

    TestHistory conflict;
    conflict.measure("mr_1", "sess_other", "acct_1", ten, 80'000, 11);
    EXPECT_THAT(own_row(conflict).calls, ElementsAre("sess_1", "sess_other"));
    EXPECT_THAT(own_row(conflict).differing, ElementsAre("mr_1"));

    TestHistory twice;
    twice.measure("mr_2", "sess_1", "acct_1", ten, 90'000, 12);
    EXPECT_THAT(own_row(twice).differing, ElementsAre("mr_1", "mr_2"));

    TestHistory late;
    late.connect("sess_2", "acct_1", ten, 30'000, 150);
    EXPECT_EQ(own_row(late).verdict.klass, Class::late);
    EXPECT_THAT(own_row(late).calls, ElementsAre("sess_2"));
}

TEST(Naming, WhatIsNotBookedIsNamedByItsRecords) {
    TestHistory missing;
    missing.entries.clear();
    EXPECT_THAT(own_row(missing).differing, ElementsAre("mr_1"));

    TestHistory under;
    under.connect("sess_2", "acct_1", ten, 10'000, 3);
    under.measure("mr_2", "sess_2", "acct_1", ten, 10'000, 11);
    EXPECT_EQ(own_row(under).verdict.klass, Class::under_charge);
    EXPECT_THAT(own_row(under).differing, ElementsAre("bu_1", "mr_2"));
    EXPECT_THAT(own_row(under).ids, ElementsAre("bu_1", "mr_2", "mr_1"));
}

TEST(Naming, AChargeThatDiffersIsNamedWithWhatItRestsOn) {
    CrowdedHistory price;
    price.entries.front().amount += 1;
    EXPECT_EQ(own_row(price).verdict.klass, Class::price_mismatch);
    EXPECT_THAT(own_row(price).differing, ElementsAre("bu_1"));

    TestHistory orphan;
    orphan.charge("bu_2", "acct_1", ten, 5'000, 1'666'667, {"mr_none"}, 103);
    EXPECT_THAT(own_row(orphan).differing, ElementsAre("bu_1", "bu_2", "mr_none"));
}

TEST(Naming, AtASinkTheChargesThatItLacksOrShouldNotHave) {
    TestHistory foreign;
    foreign.say(90'000, {"bu_1", "bu_foreign"});
    EXPECT_THAT(sink_row(foreign).differing, ElementsAre("bu_foreign"));
    EXPECT_THAT(sink_row(foreign).ids, ElementsAre("bu_foreign", "bu_1"));

    TestHistory twice;
    twice.say(180'000, {"bu_1", "bu_1"});
    EXPECT_THAT(sink_row(twice).differing, ElementsAre("bu_1"));

    TestHistory lost;
    lost.charge("ba_1", "acct_1", ten, -5'000, -1'000, {}, 103).kind = "over";
    lost.deliver("stripe", "acct_1", "ba_1", 104);
    lost.say(90'000, {"bu_1"});
    EXPECT_THAT(sink_row(lost).differing, ElementsAre("ba_1"));

    TestHistory parked;
    parked.deliveries.front().what = Delivery::What::parked;
    parked.deliveries.front().because = "permanent";
    EXPECT_THAT(sink_row(parked).differing, ElementsAre("bu_1"));
}

// The same bytes, in whatever order calls and records were read.
TEST(Naming, DoesNotDependOnTheOrderOfReading) {
    CrowdedHistory history;
    for (Record& one : history.records)
        if (one.id.starts_with("mr_a")) one.quantity = 2'000;
    const std::string json = report_json(history.reconcile());
    EXPECT_EQ(own_row(history).calls.size(), calls_shown_max);
    EXPECT_EQ(own_row(history).calls.front(), "sess_a000");
    std::ranges::reverse(history.calls);
    std::ranges::reverse(history.records);
    EXPECT_EQ(report_json(history.reconcile()), json);
}

}  // namespace
}  // namespace lifeline::reconciliation
