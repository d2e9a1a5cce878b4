#include "retention/ledger.h"

#include <gtest/gtest.h>

#include "retention/keeping.h"

namespace lifeline::retention {
namespace {

TEST(Ledger, FoldsWhatIsAskedForAndDone) {
    Ledger ledger;
    Erasure one{.id = "era_1", .user_id = "ada", .session_id = {}, .by = "root", .reason = "asked"};
    Erasure two{.id = "era_2", .user_id = {}, .session_id = "sess_1", .by = "root", .reason = "x"};
    ASSERT_TRUE(ledger.apply("record.erasure.requested", payload_of_request(one)));
    ASSERT_TRUE(ledger.apply("record.erasure.requested", payload_of_request(two)));
    ASSERT_TRUE(ledger.apply("record.erasure.requested", payload_of_request(one)));
    ASSERT_EQ(ledger.erasures().size(), 2u);
    EXPECT_EQ(ledger.next()->id, "era_1");
    one.calls = 3;
    one.events = 41;
    ASSERT_TRUE(ledger.apply("record.erasure.completed", payload_of_completion(one)));
    EXPECT_EQ(ledger.next()->id, "era_2");
    EXPECT_TRUE(ledger.erasure("era_1")->done);
    EXPECT_EQ(ledger.erasure("era_1")->events, 41u);
    EXPECT_EQ(ledger.erasure("era_3"), nullptr);
    EXPECT_TRUE(ledger.apply("identity.user.created", "{}"));
    EXPECT_FALSE(ledger.apply("record.erasure.completed", R"({"erasureId":"era_9"})"));
}

TEST(Ledger, AHoldCoversAnAccountAPersonOrACall) {
    struct Case {
        const char* name;
        Hold hold;
        bool covers;
    };
    for (const auto& [name, hold, covers] : {
             Case{"the call", {HoldScope::session, "sess_1"}, true},
             Case{"another call", {HoldScope::session, "sess_2"}, false},
             Case{"its account", {HoldScope::account, "acct_1"}, true},
             Case{"another account", {HoldScope::account, "acct_2"}, false},
             Case{"who took part", {HoldScope::user, "ben"}, true},
             Case{"a stranger", {HoldScope::user, "eve"}, false},
             Case{"a person named like the call", {HoldScope::user, "sess_1"}, false},
         }) {
        SCOPED_TRACE(name);
        Ledger ledger;
        const auto change = [&](bool enabled) {
            ASSERT_TRUE(ledger.apply("record.hold.changed",
                                     payload_of(HoldChange{hold, enabled, "root", "a case"})));
        };
        const auto may = [&] { return ledger.may_erase("sess_1", "acct_1", {"ada", "ben"}); };
        change(true);
        EXPECT_EQ(may().has_value(), !covers);
        if (!may()) EXPECT_EQ(may().error().reason, "record_held");
        change(false);
        EXPECT_TRUE(may().has_value());
    }
}

TEST(Keeping, AnAccountSaysOnlyWhatItWantsOtherwise) {
    KeepingPolicy policy{.standard = {.keep_days = 30, .drop_superseded_partials = true}};
    policy.accounts["acct_long"].keep_days = 0;
    EXPECT_EQ(policy.of("acct_any").keep_days, 30);
    EXPECT_EQ(policy.of("acct_long").keep_days, 0);
    EXPECT_TRUE(policy.of("acct_long").drop_superseded_partials);
    EXPECT_EQ(policy.of("acct_long").expires(WallTime{}), WallTime::max());
    EXPECT_EQ(policy.of("acct_any").expires(WallTime{}), WallTime{} + std::chrono::days(30));
    EXPECT_FALSE(KeepingPolicy{}.asks_for_something());
}

}  // namespace
}  // namespace lifeline::retention
