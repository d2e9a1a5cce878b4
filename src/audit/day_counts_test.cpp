#include "audit/day_counts.h"

#include <gtest/gtest.h>

namespace lifeline::audit {
namespace {

CountedAction action(std::string id, std::string day = "2026-02-16", std::string owner = "ada") {
    return {std::move(day), "acct_1", std::move(owner), "note", "sess_1", std::move(id)};
}

TEST(DayCounts, CountEachActionOnceByOwnerAndByAccount) {
    DayCounts counts;
    const auto take = [&](const CountedAction& one) {
        const auto count = counts.take(one);
        return std::to_string(count->owner) + "/" + std::to_string(count->account);
    };
    EXPECT_EQ(take(action("1")), "1/1");
    EXPECT_EQ(take(action("2")), "2/2");
    EXPECT_EQ(take(action("1")),
              "1/1");  // Asked again, or told by the journal: it stays the first.
    EXPECT_EQ(take(action("3", "2026-02-16", "bob")), "1/3");
    auto elsewhere = action("1");
    elsewhere.session_id = "sess_2";  // The same id in another call is another action.
    EXPECT_EQ(take(elsewhere), "3/4");
    auto other = action("4");
    other.action_type = "mail";
    EXPECT_EQ(take(other), "1/1");
    other = action("5");
    other.account_id = "acct_2";
    EXPECT_EQ(take(other), "1/1");
}

TEST(DayCounts, BeginAnewWithEachDayAndKeepTheOneBefore) {
    DayCounts counts;
    EXPECT_EQ(counts.take(action("1", "2026-02-16"))->owner, 1);
    EXPECT_EQ(counts.take(action("2", "2026-02-17"))->owner, 1);
    EXPECT_EQ(counts.take(action("3", "2026-02-16"))->owner, 2);
    EXPECT_EQ(counts.take(action("4", "2026-02-18"))->owner, 1);
    EXPECT_EQ(counts.take(action("5", "2026-02-18"))->owner, 2);
    EXPECT_EQ(day_of(*parse_rfc3339("2026-02-16T23:59:59.999Z")), "2026-02-16");
}

TEST(DayCounts, OfADayBeforeAllThatAreKnownNobodyCanSay) {
    DayCounts counts;
    ASSERT_TRUE(counts.take(action("a", "2026-02-18")));
    ASSERT_TRUE(counts.take(action("b", "2026-02-19")));
    EXPECT_FALSE(counts.take(action("c", "2026-02-17")));
    EXPECT_FALSE(counts.take(action("c", "2026-02-17")));
    EXPECT_EQ(counts.take(action("d", "2026-02-20"))->owner, 1);
}

}  // namespace
}  // namespace lifeline::audit
