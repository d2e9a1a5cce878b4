#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bounded_sum.h"
#include "reconciliation/test_history.h"

namespace lifeline::reconciliation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string delivered = ", acct_1 10h stripe match";

const Row& first_row(const Report& report) {
    return report.rows.at(0);
}

TEST(Reconcile, WhatAgreesMatches) {
    const TestHistory history;
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
    const Report report = history.reconcile();
    const Row& row = first_row(report);
    EXPECT_EQ(row.counted, 90'000);
    EXPECT_EQ(row.measured, 90'000);
    EXPECT_EQ(row.booked, 90'000);
    EXPECT_EQ(*row.expected.amount, 30'000'000);
    EXPECT_EQ(*row.recorded.amount, 30'000'000);
    EXPECT_TRUE(row.finding_id.empty());
    EXPECT_EQ(report.in(Group::fine), 2U);
}

TEST(Reconcile, AnHourThatIsNotClosedIsPending) {
    TestHistory history;
    history.closed.clear();
    history.entries.clear();
    history.deliveries.clear();
    EXPECT_EQ(history.story(), "acct_1 10h pending/meter");
}

TEST(Reconcile, OneIdWithTwoContentsIsAConflict) {
    TestHistory history;
    history.measure("mr_1", "sess_1", "acct_1", ten, 80'000, 11);
    EXPECT_EQ(history.story(), "acct_1 10h conflict/meter" + delivered);

    TestHistory booked;
    booked.charge("bu_1", "acct_1", ten, 1, 1, {"mr_1"}, 103);
    EXPECT_EQ(booked.story(), "acct_1 10h conflict/book" + delivered);

    TestHistory parked;
    parked.deliveries.front().what = Delivery::What::parked;
    parked.deliveries.front().because = "conflict";
    EXPECT_EQ(parked.story(), "acct_1 10h match, acct_1 10h stripe conflict/deliver");
}

// The first stands, and saying it again says nothing.
TEST(Reconcile, TheSameTwiceIsNothing) {
    TestHistory history;
    history.measure("mr_1", "sess_1", "acct_1", ten, 90'000, 11);
    history.charge("bu_1", "acct_1", ten, 90'000, 30'000'000, {"mr_1"}, 103);
    history.deliver("stripe", "acct_1", "bu_1", 104);
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
}

TEST(Reconcile, OtherUnitsAndCurrenciesAreNotComparedAsNumbers) {
    TestHistory history;
    history.records.front().unit = "s";
    EXPECT_EQ(history.story(), "acct_1 10h unit_mismatch/meter" + delivered);

    TestHistory booked;
    booked.entries.front().currency = "USD";
    EXPECT_EQ(booked.story(), "acct_1 10h unit_mismatch/book" + delivered);

    TestHistory elsewhere;
    elsewhere.say(90'000).currency = "USD";
    EXPECT_EQ(elsewhere.story(), "acct_1 10h match, acct_1 10h stripe unit_mismatch/deliver");
}

TEST(Reconcile, WhatNobodyKnowsIsUnverifiableUntilSomebodySays) {
    TestHistory history;
    auto& events = history.calls.front().events;
    events.insert(events.begin() + 1,
                  RawEvent{.position = 1,
                           .type = "billing.usage.reported",
                           .wall = WallTime(ten),
                           .steady = {},
                           .payload = R"({"reportId":"use_1","meter":"stt.ms","quantity":null})"});
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", acct_1 10h unverifiable/meter");
    events.push_back({.position = 3,
                      .type = "billing.usage.reconciled",
                      .wall = WallTime(ten),
                      .steady = {},
                      .payload = R"({"reportId":"use_1","quantity":"0"})"});
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);

    TestHistory sink;
    sink.say(std::nullopt);
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe unverifiable/deliver");
}

// As metering has it: what it recorded of these is nothing, the rest, and nothing.
TEST(Reconcile, WhatNoCallUsesIsNotKnown) {
    TestHistory history;
    auto& events = history.calls.front().events;
    const auto tell = [&](const std::string& type, const std::string& rest) {
        events.push_back({.position = 3,
                          .type = "billing.usage." + type,
                          .wall = WallTime(ten),
                          .steady = {},
                          .payload = R"({"meter":"stt.ms","reportId":"use_)" + rest + "}"});
    };
    const auto unknown = [&] {
        return history.story() ==
               "acct_1 10h match" + delivered + ", acct_1 10h unverifiable/meter";
    };
    history.measure("mr_2", "sess_1", "acct_1", ten, 8'800'000'000'000'000, 10).meter = "stt.ms";
    for (int i = 0; i < 5; ++i)
        tell("reported", std::to_string(i) + R"(","quantity":"1760000000000000")");
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", acct_1 10h match");
    tell("reported", R"(5","quantity":"1760000000000000")");
    EXPECT_TRUE(unknown()) << history.story();
    tell("reconciled", R"(5","quantity":"0")");
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", acct_1 10h match");
    tell("reconciled", R"(0","quantity":"9000000000000000")");
    EXPECT_TRUE(unknown()) << history.story();
    tell("reconciled", R"(0","quantity":"1760000000000000")");
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", acct_1 10h match");
}

// Whatever layers say, numbers have an end and differences have a sign.
TEST(Reconcile, SumsBeyondNumbersAreDifferences) {
    TestHistory history;
    const pricing::Int128 most = *pricing::parse_int128(std::string(38, '9'));
    for (int i = 0; i < 4; ++i) {
        Entry& gift =
            history.charge("ba_" + std::to_string(i), "acct_1", ten, INT64_MAX, most, {}, 102);
        gift.kind = "price_fix";
        gift.by_person = true;
        history.deliver("stripe", "acct_1", gift.id, 103);
    }
    history.say(INT64_MIN).amount = -most;
    const Report report = history.reconcile();
    const auto findings = report.findings();
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0]->recorded.quantity - findings[0]->expected.quantity, sum_max - 90'000);
    for (const Row* row : findings) {
        const auto difference = *row->expected.amount - *row->recorded.amount;
        EXPECT_TRUE(pricing::parse_int128(pricing::to_text(difference)).has_value());
    }
}

TEST(Reconcile, WhatRestsOnNothingIsAnOrphan) {
    TestHistory history;
    history.measure("mr_2", "sess_foreign", "acct_1", ten, 5'000, 12);
    EXPECT_EQ(history.story(), "acct_1 10h orphan/meter" + delivered);

    TestHistory charge;
    charge.charge("bu_2", "acct_1", eleven, 5'000, 1'666'667, {"mr_none"}, 201);
    EXPECT_EQ(charge.story(), "acct_1 10h match" + delivered + ", acct_1 11h orphan/book");

    TestHistory sink;
    sink.say(90'000, {"bu_1", "bu_foreign"});
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe orphan/deliver");
}

// Nobody used it and nobody was charged for it: no line of ours speaks of it.
TEST(Reconcile, WhatASinkHasOfAnHourWithoutACharge) {
    TestHistory history;
    history.say(7'000).window = eleven;
    EXPECT_EQ(history.story(),
              "acct_1 10h match" + delivered + ", acct_1 11h stripe orphan/deliver");
    const Report report = history.reconcile();
    const Row& row = *report.findings().at(0);
    EXPECT_EQ(row.key.meter, "call.duration_ms");
    EXPECT_EQ(row.expected.quantity, 0);
    EXPECT_EQ(row.recorded.quantity, 7'000);
    // It was cancelled there.
    history.say(0).window = eleven;
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);

    TestHistory foreign;
    foreign.say(7'000).item = "nothing";
    EXPECT_EQ(foreign.story(),
              "acct_1 10h match" + delivered + ", acct_1 10h stripe orphan/deliver");
    EXPECT_EQ(foreign.reconcile().findings().at(0)->key.item, "nothing");
}

TEST(Reconcile, OneFactUnderTwoIdsIsADuplicate) {
    TestHistory history;
    history.measure("mr_2", "sess_1", "acct_1", ten, 90'000, 12);
    EXPECT_EQ(history.story(), "acct_1 10h duplicate/meter" + delivered);

    TestHistory charge;
    charge.charge("bu_2", "acct_1", ten, 90'000, 30'000'000, {"mr_1"}, 103);
    charge.deliver("stripe", "acct_1", "bu_2", 104);
    EXPECT_EQ(charge.story(), "acct_1 10h duplicate/book" + delivered);

    TestHistory sink;
    sink.say(180'000);
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe duplicate/deliver");
    EXPECT_THAT(sink.reconcile().rows.at(1).verdict.causes, ElementsAre("asked", "inferred"));
    TestHistory named;
    named.say(90'000, {"bu_1", "bu_1"});
    EXPECT_EQ(named.story(), "acct_1 10h match, acct_1 10h stripe duplicate/deliver");
}

// A charge and what took it back: a sink that lost one of them has the other, once.
TEST(Reconcile, WhatASinkLostBesideItsCorrectionIsNoDuplicate) {
    TestHistory history;
    Entry& back = history.charge("ba_1", "acct_1", ten, -90'000, -30'000'000, {}, 103);
    back.kind = "over";
    history.deliver("stripe", "acct_1", "ba_1", 104);
    const auto at_sink = [&](std::int64_t has) {
        history.say(has);
        return to_text(history.reconcile().rows.at(1).verdict.klass);
    };
    EXPECT_EQ(at_sink(0), "match");
    EXPECT_EQ(at_sink(-90'000), "under_charge") << "the charge";
    EXPECT_EQ(at_sink(90'000), "over_charge") << "the correction";
    EXPECT_EQ(at_sink(180'000), "over_charge");

    TestHistory given_up;
    given_up.deliveries.front().what = Delivery::What::discarded;
    given_up.say(90'000);
    EXPECT_EQ(given_up.story(), "acct_1 10h match, acct_1 10h stripe over_charge/deliver")
        << "nothing is expected there, and so nothing is there twice";
}

TEST(Reconcile, WhatCameAfterTheClosingIsLateAndThenTooLate) {
    TestHistory history;
    history.connect("sess_2", "acct_1", ten, 30'000, 150);
    EXPECT_EQ(history.story(), "acct_1 10h late/meter" + delivered);
    history.measure("mr_2", "sess_2", "acct_1", ten, 30'000, 160);
    EXPECT_EQ(history.story(), "acct_1 10h late/book" + delivered);
    history.as_of += std::chrono::days(34);
    EXPECT_EQ(history.story(), "acct_1 10h late_expired/book" + delivered);

    Entry& booked = history.charge("ba_1", "acct_1", ten, 30'000, 10'000'000, {"mr_2"}, 170);
    booked.kind = "late";
    history.deliver("stripe", "acct_1", "ba_1", 171);
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
}

// Its price follows from what its month had before it.
TEST(Reconcile, WhatIsLateMovesTheRestOfItsMonth) {
    TestHistory history;
    history.connect("sess_2", "acct_1", eleven, 60'000, 103);
    history.measure("mr_2", "sess_2", "acct_1", eleven, 60'000, 110);
    // Half of it in the first tier.
    history.charge("bu_2", "acct_1", eleven, 60'000, 15'000'000, {"mr_2"}, 201);
    history.deliver("stripe", "acct_1", "bu_2", 202);
    const std::string both = "acct_1 11h match, acct_1 11h stripe match";
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", " + both);

    history.connect("sess_3", "acct_1", ten, 30'000, 250);
    EXPECT_EQ(history.story(), "acct_1 10h late/meter" + delivered +
                                   ", acct_1 11h late/rate, acct_1 11h stripe match");
}

TEST(Reconcile, WhatALayerHasNothingOfIsMissing) {
    TestHistory history;
    history.records.clear();
    history.entries.clear();
    EXPECT_EQ(history.story(), "acct_1 10h missing/meter");

    TestHistory booked;
    booked.entries.clear();
    EXPECT_EQ(booked.story(), "acct_1 10h missing/book");

    TestHistory sink;
    sink.deliveries.front().what = Delivery::What::parked;
    sink.deliveries.front().because = "permanent";
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe missing/deliver");
    EXPECT_EQ(sink.reconcile().rows.at(1).proposal.action, "redrive");
}

TEST(Reconcile, WhatASinkTookAndLacksIsForAPersonAndNotSentAgain) {
    TestHistory history;
    history.say(0);
    EXPECT_EQ(history.story(), "acct_1 10h match, acct_1 10h stripe missing/deliver");
    const Proposal proposal = history.reconcile().rows.at(1).proposal;
    EXPECT_EQ(proposal.action, "person");
    EXPECT_TRUE(proposal.fix.contains("taken away there")) << proposal.fix;
}

TEST(Reconcile, WhatIsReportedOfNoMeterIsMissing) {
    TestHistory history;
    auto& events = history.calls.front().events;
    const auto report = [&](const std::string& meter, const std::string& quantity) {
        events.insert(events.end() - 1,
                      RawEvent{.position = 1,
                               .type = "billing.usage.reported",
                               .wall = WallTime(ten),
                               .steady = {},
                               .payload = R"({"reportId":"use_1","unit":"page","meter":")" + meter +
                                          R"(","quantity":)" + quantity + "}"});
    };
    report("x.pages", R"("3")");
    report("x.pages", R"("3")");
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered + ", acct_1 10h missing/meter");
    const Report made = history.reconcile();
    const auto findings = made.findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0]->key.meter, "x.pages");
    EXPECT_EQ(findings[0]->counted, 3) << "the same report counts once";
    EXPECT_THAT(findings[0]->verdict.causes, ElementsAre("meter_unknown", "unpriced"));
    EXPECT_TRUE(findings[0]->proposal.meaning.contains("not declared"));

    TestHistory late;
    late.calls.front().events.push_back(
        {.position = 150,
         .type = "billing.usage.reported",
         .wall = WallTime(ten),
         .steady = {},
         .payload = R"({"reportId":"use_1","unit":"page","meter":"x.pages","quantity":"3"})"});
    EXPECT_EQ(late.story(), "acct_1 10h match" + delivered + ", acct_1 10h missing/meter")
        << "no rule will book it";

    TestHistory corrected;
    auto& told = corrected.calls.front().events;
    told.insert(told.end() - 1,
                RawEvent{.position = 1,
                         .type = "billing.usage.reported",
                         .wall = WallTime(ten),
                         .steady = {},
                         .payload = R"({"reportId":"use_1","meter":"stt.mss","quantity":null})"});
    EXPECT_EQ(corrected.story(),
              "acct_1 10h match" + delivered + ", acct_1 10h unverifiable/meter");
}

TEST(Reconcile, WhatASinkStillGetsIsPendingForADay) {
    TestHistory history;
    history.deliveries.clear();
    EXPECT_EQ(history.story(), "acct_1 10h match");
    EXPECT_EQ(history.reconcile({{.name = "stripe"}}).of(Class::pending), 1U);
    history.as_of += std::chrono::days(1);
    const Report waits = history.reconcile({{.name = "stripe"}});
    EXPECT_EQ(waits.of(Class::missing), 1U);
    EXPECT_EQ(waits.rows.at(1).proposal.action, "person");
    EXPECT_TRUE(waits.rows.at(1).proposal.fix.contains("`lifeline sinks`"));
}

// It counted the charge, its answer was lost, and it was asked before it could be told again.
TEST(Reconcile, WhatWasConfirmedAfterASinkWasAskedMayBePartOfItsAnswer) {
    TestHistory history;
    history.say(90'000);
    history.deliveries.front().position = 901;
    EXPECT_EQ(history.story(), "acct_1 10h match, acct_1 10h stripe pending/deliver");
    Elsewhere& again = history.say(90'000);
    again.position = 902;
    again.asked_at = 902;
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered) << "asked again";

    // It was delivered between the question and the writing down of the answer.
    TestHistory between;
    Elsewhere& word = between.say(0);
    word.asked_at = between.deliveries.front().position - 1;
    EXPECT_EQ(between.story(), "acct_1 10h match" + delivered) << "it was not there yet";
    between.elsewhere.front().quantity = 90'000;
    EXPECT_EQ(between.story(), "acct_1 10h match, acct_1 10h stripe pending/deliver");

    TestHistory before;
    before.say(0);
    before.deliveries.front().position = 901;
    EXPECT_EQ(before.story(), "acct_1 10h match" + delivered) << "it was not there yet";

    // What is still to be delivered may come a moment after the sink was asked, but not after a
    // statement.
    TestHistory asked;
    asked.deliveries.clear();
    asked.say(0);
    EXPECT_EQ(asked.story(), "acct_1 10h match, acct_1 10h stripe pending/deliver");
    asked.elsewhere.front().quantity = 90'000;
    EXPECT_EQ(asked.story(), "acct_1 10h match" + delivered) << "it is there, whoever heard of it";
    asked.elsewhere.front().quantity = 0;
    asked.elsewhere.front().asked_at.reset();
    EXPECT_EQ(asked.story(), "acct_1 10h match, acct_1 10h stripe missing/deliver");

    TestHistory booked;
    Elsewhere& early = booked.say(90'000);
    early.position = 50;
    early.asked_at = 50;
    EXPECT_NE(booked.story(), "acct_1 10h match, acct_1 10h stripe pending/deliver")
        << "nobody could have it before it was booked";

    TestHistory silent;
    silent.say(90'000);
    silent.deliveries.front().position = 901;
    silent.as_of += std::chrono::days(1);
    EXPECT_NE(silent.story(), "acct_1 10h match, acct_1 10h stripe pending/deliver")
        << "who is not heard of again is believed";
}

TEST(Reconcile, ASinkIsExpectedToHaveWhatIsOfItsHours) {
    TestHistory history;
    history.deliveries.clear();
    history.as_of += std::chrono::days(2);
    const Report before = history.reconcile({{.name = "stripe", .from = eleven}});
    EXPECT_EQ(before.rows.size(), 1U) << "that hour is nothing to it";
    const Report within = history.reconcile({{.name = "stripe", .from = ten}});
    EXPECT_EQ(within.of(Class::missing), 1U);
    EXPECT_EQ(within.rows.at(1).key.sink, "stripe");
    EXPECT_NE(
        report_json(within).find(R"("sinks":["stripe"],"sinksFrom":{"stripe":")" + text_of(ten)),
        std::string::npos);
    EXPECT_EQ(report_json(history.reconcile({{.name = "stripe"}})).find("sinksFrom"),
              std::string::npos);
}

TEST(Reconcile, WhatIsGivenUpAtASinkIsNotExpectedThere) {
    TestHistory history;
    history.deliveries.front().what = Delivery::What::discarded;
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
    EXPECT_THAT(history.reconcile().rows.at(1).verdict.causes, ElementsAre("discarded"));
}

TEST(Reconcile, TheRightQuantityAtAnotherPriceIsAPriceMismatch) {
    TestHistory history;
    history.entries.front().amount = 30'000'001;
    EXPECT_EQ(history.story(), "acct_1 10h price_mismatch/rate" + delivered);
    EXPECT_EQ(*first_row(history.reconcile()).proposal.amount, -1);

    TestHistory card;
    card.entries.front().card_version = 2;
    EXPECT_EQ(card.story(), "acct_1 10h price_mismatch/rate" + delivered);

    TestHistory sink;
    sink.say(90'000).amount = 29'999'999;
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe price_mismatch/deliver");
}

TEST(Reconcile, AnAccountPaysByTheCardThatItWasAssignedLast) {
    TestHistory history;
    const auto own = [&](int version, const std::string& nano, const std::string& from) {
        history.cards.push_back(*pricing::parse_card(
            R"({"card":"own","currency":"EUR","effectiveFrom":")" + from +
            R"(","items":[{"item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[)"
            R"({"unitNano":")" +
            nano + R"("}]}],"kind":"price","version":)" + std::to_string(version) + "}"));
    };
    own(1, "50000000", "2026-01-01T00:00Z");
    own(2, "10000000", "2026-02-16T10:00Z");
    own(3, "70000000", "2026-02-16T11:00Z");
    history.assigned["acct_1"] = {{"none", ten - std::chrono::hours(1)}, {"own", ten}};
    history.assigned["acct_2"] = {{"none", ten}};
    EXPECT_EQ(history.story(), "acct_1 10h price_mismatch/rate" + delivered);
    Entry& charge = history.entries.front();
    charge.card = "own";
    charge.card_version = 2;
    charge.card_sha256 = history.cards[2].sha256;
    charge.amount = 15'000'000;
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
    history.assigned["acct_1"].push_back({"standard", ten});
    EXPECT_EQ(history.story(), "acct_1 10h price_mismatch/rate" + delivered);
}

TEST(Reconcile, LessAndMoreAreNamedWhereTheyAreFirst) {
    TestHistory history;
    history.records.front().quantity = 89'999;
    history.entries.front().quantity = 89'999;
    history.entries.front().amount = 30'000'000;
    EXPECT_THAT(history.story(), HasSubstr("acct_1 10h under_charge/meter"));
    history.records.front().quantity = history.entries.front().quantity = 90'001;
    EXPECT_THAT(history.story(), HasSubstr("acct_1 10h over_charge/meter"));

    TestHistory booked;
    booked.entries.front().quantity = 60'000;
    EXPECT_THAT(booked.story(), HasSubstr("acct_1 10h under_charge/book"));
    booked.entries.front().quantity = 100'000;
    EXPECT_THAT(booked.story(), HasSubstr("acct_1 10h over_charge/book"));

    TestHistory sink;
    sink.say(80'000);
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe under_charge/deliver");
    sink.elsewhere.front().quantity = 100'000;
    EXPECT_EQ(sink.story(), "acct_1 10h match, acct_1 10h stripe over_charge/deliver");
}

// Nothing is summed over accounts, nor over the calls of one.
TEST(Reconcile, WhatOffsetsIsFoundOnBothSides) {
    TestHistory history;
    history.connect("sess_2", "acct_2", ten, 90'000, 3);
    history.measure("mr_2", "sess_2", "acct_2", ten, 90'000, 12);
    history.charge("bu_2", "acct_2", ten, 90'001, 30'000'333, {"mr_2"}, 103);
    history.entries.front().quantity = 89'999;
    EXPECT_THAT(history.story(), HasSubstr("acct_1 10h under_charge/book"));
    EXPECT_THAT(history.story(), HasSubstr("acct_2 10h over_charge/book"));

    TestHistory calls;
    calls.connect("sess_2", "acct_1", ten, 10'000, 3);
    calls.measure("mr_2", "sess_2", "acct_1", ten, 10'001, 12);
    calls.records.front().quantity = 89'999;
    calls.entries.front().quantity = 100'000;
    calls.entries.front().amount = 33'333'333;
    const Report report = calls.reconcile();
    EXPECT_EQ(group_of(first_row(report).verdict.klass), Group::needs_you);
    EXPECT_THAT(first_row(report).verdict.causes, ElementsAre("offset_within_the_hour"));
}

TEST(Reconcile, WhatNoCardFitsIsShownAndIsNoFault) {
    TestHistory history;
    history.cards.clear();
    history.entries.clear();
    history.deliveries.clear();
    const Report report = history.reconcile();
    ASSERT_EQ(report.rows.size(), 1U);
    EXPECT_EQ(first_row(report).verdict.klass, Class::match);
    EXPECT_THAT(first_row(report).verdict.causes, ElementsAre("unpriced"));
    EXPECT_FALSE(first_row(report).expected.amount.has_value());
}

// A person gave something up; what was used was used.
TEST(Reconcile, WhatIsWrittenOffIsNoDifference) {
    TestHistory history;
    Entry& gift = history.charge("ba_1", "acct_1", ten, 0, -5'000'000, {}, 103);
    gift.kind = "write_off";
    gift.by_person = true;
    history.deliver("stripe", "acct_1", "ba_1", 104);
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
    EXPECT_THAT(first_row(history.reconcile()).verdict.causes, ElementsAre("written_off"));
}

// The month is over, and its least was paid as its last hour's price.
struct MonthHistory : TestHistory {
    MonthHistory() {
        deliveries.clear();
        cards.front().items.front().minimum_nano = 1'000'000'000;
        closed[last] = 300;
        as_of = WallTime(last + std::chrono::hours(3));
    }
    Entry& minimum(const std::string& id, pricing::Int128 amount) {
        Entry& entry = charge(id, "acct_1", last, 0, amount, {}, 301);
        entry.kind = "price_fix";
        entry.unit = entry.card_sha256 = entry.records_hash = {};
        return entry;
    }
    std::vector<Row> rows() const {
        return run(*this, {.run_id = "rr_1",
                           .first = last,
                           .last = last,
                           .up_to = 1000,
                           .config_sha256 = std::string(64, 'c')})
            .rows;
    }
    const Window last = *parse_window("2026-02-28T23:00Z");
};

TEST(Reconcile, AMonthsMinimumIsCountedAgain) {
    MonthHistory history;
    history.minimum("ba_1", 970'000'000);
    auto rows = history.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].verdict.klass, Class::match);
    EXPECT_EQ(*rows[0].expected.amount, 970'000'000);
    EXPECT_THAT(rows[0].verdict.causes, ElementsAre("minimum"));

    // A fault in what books it.
    history.entries.back().amount = 1'000'000'000'000'000;
    rows = history.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].verdict.klass, Class::price_mismatch);
    EXPECT_EQ(*rows[0].recorded.amount - *rows[0].expected.amount, 999'999'030'000'000);

    MonthHistory without;
    rows = without.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].verdict.klass, Class::price_mismatch);
    EXPECT_EQ(*rows[0].recorded.amount, 0);
    without.closed.erase(without.last);
    EXPECT_TRUE(without.rows().empty()) << "the month goes on";

    MonthHistory twice;
    twice.minimum("ba_1", 970'000'000);
    twice.minimum("ba_2", 970'000'000);
    EXPECT_EQ(twice.rows().at(0).verdict.klass, Class::price_mismatch);
}

TEST(Reconcile, WhatMovesAMinimumIsItsMonthBefore) {
    MonthHistory history;
    history.minimum("ba_1", 970'000'000);
    history.entries.front().amount = 40'000'000;
    history.entries.back().amount = 960'000'000;
    const auto rows = history.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_THAT(rows[0].verdict.causes, ElementsAre("minimum", "month_before_differs"));
    EXPECT_EQ(rows[0].verdict.klass, Class::price_mismatch);

    // By the card of the last usage, though another one is in force by then.
    MonthHistory other;
    other.minimum("ba_1", 970'000'000);
    other.cards.push_back(*pricing::parse_card(
        R"({"card":"special","currency":"EUR","effectiveFrom":"2026-01-01T00:00Z","items":[)"
        R"({"item":"other","meter":"stt.ms","per":"1","tiers":[{"unitNano":"1"}]}],)"
        R"("kind":"price","version":1})"));
    other.assigned["acct_1"].push_back({"special", ten + std::chrono::hours(24)});
    ASSERT_EQ(other.rows().size(), 1U);
    EXPECT_EQ(other.rows()[0].verdict.klass, Class::match);
}

// Nobody can count again what was erased: its signed records stand for it.
TEST(Reconcile, AnErasedCallCountsByItsRecords) {
    TestHistory history;
    history.calls.clear();
    history.erased.emplace("sess_1");
    EXPECT_EQ(history.story(), "acct_1 10h match" + delivered);
}

TEST(Verdict, TheFirstThatFitsIsIt) {
    Comparison all{.closed = false,
                   .expired = false,
                   .units_differ_measured = true,
                   .conflict_measured = true,
                   .unknown = true,
                   .orphan_measured = true,
                   .duplicate_measured = true,
                   .cells_differ = true,
                   .late_measured = true,
                   .counted = 2};
    std::vector<Class> order;
    const auto take = [&](auto&& repair) {
        order.push_back(classify(all).klass);
        repair();
    };
    take([&] { all.closed = true; });
    take([&] { all.conflict_measured = false; });
    take([&] { all.units_differ_measured = false; });
    take([&] { all.unknown = false; });
    take([&] { all.orphan_measured = false; });
    take([&] { all.duplicate_measured = false; });
    take([&] { all.expired = true; });
    take([&] { all.late_measured = false; });
    take([&] { all.measured = 1; });
    take([&] { all.measured = 3; });
    take([&] {
        all.measured = all.booked = 2, all.cells_differ = false, all.amounts_differ = true;
    });
    take([&] { all.amounts_differ = false; });
    take([] {});
    EXPECT_THAT(order,
                ElementsAre(Class::pending, Class::conflict, Class::unit_mismatch,
                            Class::unverifiable, Class::orphan, Class::duplicate, Class::late,
                            Class::late_expired, Class::missing, Class::under_charge,
                            Class::over_charge, Class::price_mismatch, Class::match));
}

}  // namespace
}  // namespace lifeline::reconciliation
