// Statements that prove themselves: what follows from its records and cards is whole, and what
// somebody wrote and should not have is named.
#include <gmock/gmock.h>

#include <algorithm>

#include "proof/difference.h"
#include "proof/line.h"
#include "proof/test_book.h"

namespace lifeline::proof {
namespace {

using testing::HasSubstr;

struct ProofTest : BookTest {
    ProofTest() { start(); }

    static void replace(std::string& text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from << " in " << text;
        text.replace(at, from.size(), to);
    }
    // Changes the charge that has this.
    static Change charge_with(const std::string& from, const std::string& to) {
        return [=](billing::DueEntry& entry) {
            if (entry.type == "billing.usage.recorded" && entry.payload.contains(from))
                replace(entry.payload, from, to);
        };
    }
    // An hour of a line that costs us 5 a millisecond.
    void a_costly_hour(const Change& change = {}) {
        activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
        activate(card_json("cost", 1, "2026-01-01T00:00Z",
                           R"([{"item":"line","meter":"call.duration_ms","per":"1",)"
                           R"("tiers":[{"unitNano":"5"}]}])",
                           "cost"));
        used(first_hour, 700'000);
        close(first_hour);
        write_due(change);
    }
    std::string with_cost_card() {
        return written(plan(february, account, billing::CostCard::included));
    }
    static void leave_out(billing::ProofPlan& plan, std::uint64_t position) {
        ASSERT_EQ(std::erase(plan.positions, position), 1U);
    }
    static void put_in(billing::ProofPlan& plan, std::uint64_t position) {
        plan.positions.push_back(position);
        std::ranges::sort(plan.positions);
    }
    std::uint64_t place_of(const std::string& type, std::size_t n = 0) {
        for (const std::string& line : lines_of(prove())) {
            const auto record = read_record(line);
            if (record && record->event.bytes.contains("\"type\":\"" + type + "\"") && n-- == 0)
                return record->event.position;
        }
        ADD_FAILURE() << "there is no " << type;
        return 0;
    }
};

TEST_F(ProofTest, AClosedMonthIsWhole) {
    two_hours();
    close_february();
    const std::string text = prove();
    const auto report = check(text, {.key = key_->public_key(), .heads = {}});
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(problem(text), "whole");
    EXPECT_EQ(report->account_id, account);
    EXPECT_EQ(report->period, "2026-02");
    EXPECT_EQ(report->total, "0.33");
    EXPECT_EQ(report->currency, "EUR");
    EXPECT_TRUE(report->closed);
    EXPECT_TRUE(report->journal.key_known);
    EXPECT_EQ(report->cards, 1U);
    EXPECT_EQ(report->charges, 2U);
    EXPECT_EQ(report->adjustments, 0U);
    EXPECT_EQ(report->usage, 3U);
    // The card, three records, three closed hours, two charges and the closing.
    EXPECT_EQ(report->journal.records, 10U);
    EXPECT_FALSE(text.contains("acct_2"));
    const auto lines = lines_of(text);
    EXPECT_EQ(read_statement(lines[lines.size() - 2]), plan().statement_json);
}

TEST_F(ProofTest, AnOpenMonthIsWholeAsFarAsItHasCome) {
    two_hours();
    used(first_hour + 2h, 60'000);
    EXPECT_EQ(problem(prove()), "whole");
    close(first_hour + 2h);
    const auto waiting = check(prove());  // Its charge is due and not written.
    ASSERT_TRUE(waiting);
    EXPECT_TRUE(waiting->ok()) << waiting->problems.front().detail;
    EXPECT_EQ(waiting->charges, 2U);
    EXPECT_FALSE(waiting->closed);
    write_due();
    EXPECT_EQ(check(prove())->charges, 3U);
}

TEST_F(ProofTest, AClosedMonthFollowsFromTheSameWhateverComesLater) {
    two_hours();
    close_february();
    const auto before = plan();
    EXPECT_THAT(before.statement_json,
                HasSubstr("\"journalHead\":\"" + std::to_string(before.positions.back()) + "\""));
    written_at_ = "2026-03-02T10:00:00.000Z";
    used(first_hour, 5'000'000);
    activate(card_json("standard", 2, "2026-03-03T00:00Z", minutes_and_words));
    write_due();
    EXPECT_EQ(plan().positions, before.positions);
    EXPECT_EQ(plan().statement_json, before.statement_json);
    EXPECT_EQ(problem(prove()), "whole");
}

TEST_F(ProofTest, WhatIsLateIsProvenFromTheMonthThatItCorrects) {
    two_hours();
    used(first_hour + 1h, 20'000, {.meter = "transcript.chars"});  // Late, and below the minimum.
    write_due();
    close_february();
    EXPECT_EQ(problem(prove()), "whole");
    written_at_ = "2026-03-02T10:00:00.000Z";
    used(first_hour, 1'000'000);  // Moves the hour behind it into the next tier.
    used(first_hour, 200'000, {.meter = "transcript.chars", .corrected = true});
    used(first_hour, 7, {.meter = "stt.ms"});  // Nothing prices it.
    write_due();
    const Month march = february + std::chrono::months(1);
    const auto open = check(prove(march));
    ASSERT_TRUE(open);
    EXPECT_TRUE(open->ok()) << open->problems.front().detail;
    EXPECT_GE(open->adjustments, 4U);
    close(*parse_window("2026-03-31T23:00Z"));
    write_due();
    const auto closed = check(prove(march));
    ASSERT_TRUE(closed);
    EXPECT_TRUE(closed->ok()) << closed->problems.front().detail;
    EXPECT_TRUE(closed->closed);
    EXPECT_THAT(plan(march).statement_json, HasSubstr("stt.ms"));
}

// Of February only that it is closed tells that it had a statement: what was booked in it is of
// January.
TEST_F(ProofTest, AMonthThatWasOnlyUsedLateHasItsMinimumProven) {
    const Window in_january = *parse_window("2026-01-20T08:00Z");
    written_at_ = "2026-01-20T09:00:00.000Z";
    activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
    used(in_january, 700'000);
    close(in_january);
    write_due();
    close(*parse_window("2026-01-31T23:00Z"));
    write_due();
    written_at_ = "2026-02-20T10:00:00.000Z";
    used(in_january, 100'000);
    write_due();
    close(first_hour);
    used(first_hour, 20'000, {.meter = "transcript.chars"});
    close(end_of_february);
    written_at_ = "2026-03-02T10:00:00.000Z";
    write_due();
    write_due();
    EXPECT_EQ(problem(prove()), "whole");
    const auto march = check(prove(february + std::chrono::months(1)));
    ASSERT_TRUE(march) << march.error().detail;
    EXPECT_TRUE(march->ok()) << march->problems.front().detail;
    EXPECT_EQ(march->adjustments, 2U);  // The late words, and what they lack to their minimum.
}

TEST_F(ProofTest, WhatAPersonDecidedIsCountedAsSuch) {
    two_hours();
    adjust("ba_goodwill", "-1000000", first_hour);
    close_february();
    const auto report = check(prove());
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok()) << report->problems.front().detail;
    EXPECT_EQ(report->by_hand, 1U);
}

TEST_F(ProofTest, AnAccountsOwnCardIsInIt) {
    activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
    activate(card_json("special", 1, "2026-01-01T00:00Z", minutes_and_words));
    activate(card_json("other", 1, "2026-01-01T00:00Z", minutes_and_words));
    activate(card_json("cost", 1, "2026-01-01T00:00Z",
                       R"([{"item":"line","meter":"call.duration_ms","per":"1",)"
                       R"("tiers":[{"unitNano":"5"}]}])",
                       "cost"));
    assign("special", first_hour + 1h);
    used(first_hour, 700'000);
    close(first_hour);
    used(first_hour + 1h, 700'000);
    close(first_hour + 1h);
    write_due();
    close_february();
    const auto report = check(prove());
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok()) << report->problems.front().detail;
    EXPECT_EQ(report->cards, 2U);
}

TEST_F(ProofTest, WhatItCostsIsCheckedWhereTheCardIs) {
    a_costly_hour();
    const auto without = check(prove());
    ASSERT_TRUE(without);
    EXPECT_TRUE(without->ok()) << without->problems.front().detail;
    EXPECT_EQ(without->costs, 1U);
    EXPECT_EQ(without->costs_unchecked, 1U);
    EXPECT_EQ(without->cards, 1U);
    const auto with = check(with_cost_card());
    ASSERT_TRUE(with);
    EXPECT_TRUE(with->ok()) << with->problems.front().detail;
    EXPECT_EQ(with->costs, 1U);
    EXPECT_EQ(with->costs_unchecked, 0U);
    EXPECT_EQ(with->cards, 2U);
}

TEST_F(ProofTest, ACardMayBeginWithTheHourBehindTheOneInWhichItIsWritten) {
    two_hours();
    const auto second = card_json("standard", 2, "2026-02-16T13:00Z", minutes_and_words);
    // Judged in one hour, and written in the next.
    put_at("2026-02-16T13:00:20.000Z", "sys_billing", "billing.card.activated", second);
    EXPECT_EQ(problem(prove()), "whole");
}

// From here on somebody has the journal and its key, and wrote what does not follow.

TEST_F(ProofTest, AnAmountThatDoesNotFollowIsNamed) {
    two_hours(charge_with(R"("amount":"133333333")", R"("amount":"133333334")"));
    close_february();
    EXPECT_THAT(
        problem(prove()),
        HasSubstr("of minutes, 2026-02-16T10:00Z says /amount \"133333334\" where its usage "
                  "records and card come to \"133333333\""));
}

TEST_F(ProofTest, AQuantityThatDoesNotFollowIsNamed) {
    two_hours(charge_with(R"("quantity":"600000")", R"("quantity":"600001")"));
    EXPECT_THAT(problem(prove()), HasSubstr("11:00Z says /quantity \"600001\""));
}

TEST_F(ProofTest, AnAdjustmentThatDoesNotFollowIsNamed) {
    two_hours();
    used(first_hour, 500'000);
    write_due([](billing::DueEntry& entry) {
        if (entry.payload.contains(R"("expectedAmount":"300000000")"))
            replace(entry.payload, R"("expectedAmount":"300000000")",
                    R"("expectedAmount":"300000001")");
    });
    EXPECT_THAT(problem(prove()), HasSubstr("says /expectedAmount \"300000001\""));
}

TEST_F(ProofTest, AChargeOutOfNothingIsNamed) {
    two_hours();
    const auto charge = *store_->entries({.account_id = account, .limit = 1});
    std::string payload = charge.front().payload_json;
    const auto at = payload.find("\"bu_") + 1;
    payload.replace(at, payload.find('"', at) - at, "bu_nothing");
    put(account, "billing.usage.recorded", payload);
    EXPECT_THAT(problem(prove()), HasSubstr("charge bu_nothing of minutes, 2026-02-16T10:00Z "
                                            "follows from no usage record and card"));
}

TEST_F(ProofTest, AChargeThatWasBookedTwiceIsNamed) {
    two_hours();
    const auto charge = *store_->entries({.account_id = account, .limit = 1});
    auto twice = plan();
    put_in(twice, put(account, "billing.usage.recorded", charge.front().payload_json));
    EXPECT_THAT(problem(written(twice)), HasSubstr("was booked before"));
}

TEST_F(ProofTest, AUsageRecordThatIsNotThereIsNamed) {
    two_hours();
    const auto charge = *store_->entries({.account_id = account, .limit = 1});
    const auto ids = contract::Json::parse(charge.front().payload_json)->find("recordIds");
    const std::string id(*ids->items().front().as_text());
    auto less = plan();
    leave_out(less, places_.at(id));
    EXPECT_THAT(problem(written(less)),
                HasSubstr("rests on usage record " + id + ", which does not stand before it"));
}

TEST_F(ProofTest, AChargeThatIsNotThereIsNamed) {
    two_hours();
    close_february();
    const auto charge = *store_->entries({.account_id = account, .limit = 1});
    auto less = plan();
    leave_out(less, charge.front().position);
    EXPECT_THAT(problem(written(less)), HasSubstr("the closing of statement 2026-02 stands there "
                                                  "without charge " +
                                                  charge.front().id));
}

TEST_F(ProofTest, ACardThatIsNotThereIsMissed) {
    two_hours();
    auto less = plan();
    leave_out(less, place_of("billing.card.activated"));
    EXPECT_THAT(problem(written(less)), HasSubstr("follows from no usage record and card"));
}

TEST_F(ProofTest, ACardThatBeganBeforeItWasThereIsNamed) {
    two_hours();
    put_at("2026-02-16T12:30:00.000Z", "sys_billing", "billing.card.activated",
           card_json("standard", 2, "2026-02-16T12:00Z", minutes_and_words));
    EXPECT_THAT(problem(prove()), HasSubstr("card standard, version 2 could not be put in force "
                                            "there: 2026-02-16T12:00Z has begun"));
}

TEST_F(ProofTest, AVersionThatIsNotThereIsMissed) {
    activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
    activate(card_json("standard", 2, "2026-02-01T00:00Z", minutes_and_words));
    used(first_hour, 700'000);
    close(first_hour);
    write_due();
    EXPECT_EQ(problem(prove()), "whole");
    auto less = plan();
    leave_out(less, place_of("billing.card.activated"));
    EXPECT_THAT(problem(written(less)), HasSubstr("the next version of standard is 1"));
}

TEST_F(ProofTest, AnAssignmentFromBeforeItWasMadeIsNamed) {
    two_hours();
    put_at("2026-02-16T12:30:00.000Z", account, "billing.card.assigned",
           R"({"by":"usr_root","card":"standard","effectiveFrom":"2026-02-16T10:00Z"})");
    EXPECT_THAT(problem(prove()), HasSubstr("the assignment of card standard from "
                                            "2026-02-16T10:00Z on could not be made there"));
}

TEST_F(ProofTest, ACostThatDoesNotFollowIsNamedWhereTheCardIs) {
    a_costly_hour(charge_with(R"("costNano":"3500000")", R"("costNano":"3500001")"));
    EXPECT_EQ(problem(prove()), "whole") << "nobody can tell without the card";
    EXPECT_THAT(problem(with_cost_card()), HasSubstr(R"(says /costNano "3500001" where its usage )"
                                                     R"(records and card come to "3500000")"));
}

TEST_F(ProofTest, AMonthThatIsNotClosedIsNotSaidToBe) {
    two_hours();
    auto open = plan();
    EXPECT_TRUE(open.closed.empty());
    open.closed = {february};
    EXPECT_THAT(problem(written(open)),
                HasSubstr("line 1 (head) says that 2026-02 is closed, and its closing is not"));
    close_february();
    auto closed = plan();
    EXPECT_EQ(closed.closed, std::vector{february});
    closed.closed = {};
    EXPECT_THAT(problem(written(closed)),
                HasSubstr("line 1 (head) does not say that 2026-02 is closed"));
}

TEST_F(ProofTest, AnotherAccountsRecordsAreNamed) {
    two_hours();
    const auto others = store_->proof("acct_2", february);
    ASSERT_TRUE(others);
    for (const std::uint64_t position : others->positions) {
        auto more = plan();
        if (std::ranges::binary_search(more.positions, position)) continue;  // Cards and hours.
        put_in(more, position);
        EXPECT_THAT(problem(written(more)),
                    testing::AnyOf(HasSubstr("is of account acct_2"),
                                   HasSubstr("stands in the stream acct_2 and not in acct_1")));
    }
}

TEST_F(ProofTest, WhatHasNoPlaceThereIsNamed) {
    two_hours();
    others(1);
    auto more = plan();
    put_in(more, put("sess_other", "transcript.final",
                     R"({"utteranceId":"u","speaker":"user","text":"x","startMs":0,"endMs":9})"));
    EXPECT_THAT(problem(written(more)), HasSubstr("transcript.final is none that a statement"));
}

TEST_F(ProofTest, ARecordThatAnotherKeySignedIsNamed) {
    SeededRandom random(5);
    const auto key = SigningKey::generate(random);
    activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
    const std::string id = used(first_hour, 700'000, {.key = &key});
    close(first_hour);
    write_due();
    EXPECT_THAT(problem(prove()), HasSubstr("usage record " + id +
                                            " of 2026-02-16T10:00Z is "
                                            "signed by key " +
                                            journal::key_id(key.public_key())));
}

TEST_F(ProofTest, AStatementThatDoesNotFollowIsNamed) {
    two_hours();
    close_february();
    auto more = plan();
    replace(more.statement_json, R"("total":"0.33")", R"("total":"0.34")");
    EXPECT_THAT(problem(written(more)), HasSubstr("(statement) says /total \"0.34\" where its "
                                                  "charges come to \"0.33\""));
}

// Whoever has the server's key could write a statement of 20 behind a closing that says 10.
TEST_F(ProofTest, WhatStandsBehindTheClosingIsNamed) {
    two_hours();
    close_february();
    auto more = plan();
    put_in(more,
           put(account, "billing.adjustment.created",
               R"({"adjustmentId":"adj_1","kind":"under","serviceWindow":")" + text_of(first_hour) +
                   R"(","meter":"call.duration_ms","item":"minutes","quantityDelta":"5",)"
                   R"("amountDelta":"7","currency":"EUR","cause":"by hand","by":"usr_op"})"));
    EXPECT_THAT(problem(written(more)), HasSubstr("stands behind the statement's closing"));
}

TEST_F(ProofTest, AClosingThatDoesNotFollowIsNamed) {
    two_hours();
    close_february([](billing::DueEntry& entry) {
        if (entry.type == "billing.statement.closed" && entry.account_id == account)
            replace(entry.payload, R"("totalMinor":33)", R"("totalMinor":34)");
    });
    EXPECT_THAT(problem(prove()),
                HasSubstr("the closing of statement 2026-02 says /totalMinor 34"));
}

TEST_F(ProofTest, RecordsAreHeldAgainstTheArchivesOfTheirCalls) {
    two_hours();
    close_february();
    const std::string text = prove();
    archive::Report call{.session_id = "sess_1",
                         .epoch = {},
                         .exported_at = {},
                         .key_id = key_->id(),
                         .public_key = {},
                         .problems = {}};
    for (const auto& [id, digest] : digests_) call.usage_digests.emplace(id, digest);
    const auto whole = check(text, {}, {{call}});
    ASSERT_TRUE(whole);
    EXPECT_TRUE(whole->ok()) << whole->problems.front().detail;
    EXPECT_EQ(whole->evidence, 2U);
    EXPECT_EQ(whole->archives, 1U);

    EXPECT_EQ(problem(text, {}, {{call, call}}), "query_invalid") << "it would count twice";

    auto other = call;
    for (auto& [id, digest] : other.usage_digests) digest = sha256("another one");
    EXPECT_THAT(problem(text, {}, {{other}}), HasSubstr("is another one in the archive of sess_1"));
    auto empty = call;
    empty.usage_digests.clear();
    EXPECT_THAT(problem(text, {}, {{empty}}), HasSubstr("is not in the archive of sess_1"));
    auto broken = call;
    broken.problems.push_back({Code::corrupt, "archive_altered", "line 4 is gone", {}});
    EXPECT_EQ(problem(text, {}, {{broken}}), "the archive of sess_1: line 4 is gone");
    auto foreign = call;
    foreign.key_id = "0123456789abcdef";
    EXPECT_THAT(problem(text, {}, {{foreign}}), HasSubstr("is signed by key 0123456789abcdef"));
}

TEST_F(ProofTest, WhatIsNoneIsRefused) {
    EXPECT_EQ(problem(""), "archive_invalid");
    EXPECT_EQ(problem("{}\n"), "archive_invalid");
    EXPECT_EQ(problem(R"({"line":"head","format":"lifeline-archive-1"})"), "archive_invalid");
    two_hours();
    auto lines = lines_of(prove());
    replace(lines.front(), "lifeline-statement-1", "lifeline-statement-2");
    EXPECT_EQ(problem(joined(lines)), "archive_invalid");
}

TEST(Difference, IsTheFirst) {
    const auto between = [](const char* said, const char* expected) {
        const auto found =
            first_difference(*contract::Json::parse(said), *contract::Json::parse(expected));
        return found ? found->pointer + " " + found->said + " " + found->expected : "none";
    };
    EXPECT_EQ(between(R"({"a":1,"b":[1,{"c":"x"}]})", R"({"b":[1,{"c":"x"}],"a":1})"), "none");
    EXPECT_EQ(between(R"({"a":1,"b":[1,{"c":"x"}]})", R"({"a":1,"b":[1,{"c":"y"}]})"),
              R"(/b/1/c "x" "y")");
    EXPECT_EQ(between(R"({"a":1})", R"({"a":1,"b":2})"), "/b nothing 2");
    EXPECT_EQ(between(R"({"a":1,"b":2})", R"({"a":1})"), "/b 2 nothing");
    EXPECT_EQ(between("[1,2]", "[1]"), "/1 2 nothing");
    EXPECT_EQ(between(R"({"a/b~":1})", R"({"a/b~":2})"), "/a~1b~0 1 2");
    EXPECT_EQ(between(R"({"a":"1"})", R"({"a":1})"), R"(/a "1" 1)");
}

}  // namespace
}  // namespace lifeline::proof
