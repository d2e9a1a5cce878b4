#include "reconciliation/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "contract/canonical.h"
#include "contract/event.h"
#include "contract/json.h"
#include "reconciliation/test_history.h"

namespace lifeline::reconciliation {
namespace {

using testing::HasSubstr;
using testing::Not;

TestHistory wrong() {
    TestHistory history;
    history.entries.front().amount = 40'000'000;
    history.connect("sess_9", "=cmd()", eleven, 1'000, 150);
    return history;
}

TEST(Report, IsTheSameBytesInWhateverOrderThingsWereRead) {
    TestHistory one = wrong();
    const std::string json = report_json(one.reconcile());
    EXPECT_EQ(json, contract::canonical_json(json));
    std::ranges::reverse(one.calls);
    std::ranges::reverse(one.records);
    EXPECT_EQ(report_json(one.reconcile()), json);
}

TEST(Report, CountsWhatIsFineWaitingAndWrong) {
    const Report report = wrong().reconcile();
    const auto json = *contract::Json::parse(report_json(report));
    EXPECT_EQ(json.find("matched")->as_integer(), 1);
    EXPECT_EQ(json.find("findings")->as_integer(), 2);
    EXPECT_EQ(json.find("counts")->find("price_mismatch")->as_integer(), 1);
    EXPECT_EQ(json.find("counts")->find("missing")->as_integer(), 1);
}

TEST(Report, AFindingKeepsItsIdWhateverItsNumbers) {
    TestHistory history = wrong();
    const std::string id = history.reconcile().findings().at(0)->finding_id;
    history.entries.front().amount = 50'000'000;
    EXPECT_EQ(history.reconcile().findings().at(0)->finding_id, id);
    std::set<std::string> ids;
    const Report report = history.reconcile();
    for (const Row* row : report.findings()) ids.insert(row->finding_id);
    EXPECT_EQ(ids.size(), 2U);
}

TEST(Report, AFindingIsAnEventThatTheContractKnows) {
    const Report report = wrong().reconcile();
    contract::EventChecker checker;
    for (const Row* row : report.findings()) {
        if (row->key.account.starts_with("=")) continue;
        const auto event = checker.check(
            contract::event_json("ll_1", row->key.account, "2026-02-16T12:00:00.000Z",
                                 "billing.reconciliation.mismatch", mismatch_json(*row, "rr_1")),
            contract::Sender::server);
        ASSERT_TRUE(event.has_value()) << event.error().reason << " " << event.error().pointer;
        EXPECT_THAT(std::string(event->payload_json()), HasSubstr(R"("amountDelta":"10000000")"));
    }
}

TEST(Report, NoCellIsAFormula) {
    const auto csv = report_csv(report_json(wrong().reconcile()));
    ASSERT_TRUE(csv.has_value());
    EXPECT_THAT(*csv, HasSubstr("\"'=cmd()\""));
    EXPECT_THAT(*csv, Not(HasSubstr("\"=")));
    EXPECT_THAT(*csv, HasSubstr("\"-1000\""));
    EXPECT_THAT(*csv, HasSubstr(",\"sess_9\",\"\"\r\n")) << "the call in which a record lacks";
    EXPECT_EQ(std::ranges::count(*csv, '\n'), 4);
}

TEST(Report, PeopleReadWhatIsWrongFirstAndWhatMendsIt) {
    const auto text = report_text(report_json(wrong().reconcile()));
    ASSERT_TRUE(text.has_value());
    EXPECT_THAT(*text, HasSubstr("1 fine, 0 waiting, 2 need you\n\nNeeds you (2)\n"));
    EXPECT_THAT(*text, HasSubstr("0.01 EUR"));
    EXPECT_THAT(*text, HasSubstr("  2026-02-16T10:00Z minutes: bu_1, mr_1\n"));
    EXPECT_THAT(*text, HasSubstr("  2026-02-16T11:00Z minutes: sess_9\n"));
    EXPECT_THAT(*text, HasSubstr("price_mismatch: the quantity is right and the amount is not"));
    EXPECT_LT(text->find("Needs you"), text->find("Fine"));
}

}  // namespace
}  // namespace lifeline::reconciliation
