#include "safety/switchboard.h"

#include <gtest/gtest.h>

namespace lifeline::safety {
namespace {

constexpr std::string_view type = "safety.killswitch.changed";

std::string rule_of(const Switchboard& board, std::string_view account, std::string_view action) {
    const auto verdict = board.switches().stop(
        {.action_type = action, .session_id = "sess_1", .account_id = account, .args_json = "{}"});
    return verdict ? verdict->rules.front() : "";
}

TEST(Switchboard, IsTheFoldOfItsOwnEvents) {
    struct Case {
        const char* name;
        StopChange change;
        const char* here;       // What stops a mail in acct_1,
        const char* elsewhere;  // in acct_2,
        const char* other;      // and another type in acct_1.
    };
    const Case cases[] = {
        {"all of it",
         {{StopScope::instance}, true, "root", "x"},
         "kill_switch:global",
         "kill_switch:global",
         "kill_switch:global"},
        {"an account",
         {{StopScope::account, "acct_1"}, true, "op", "x"},
         "kill_switch:account",
         "",
         "kill_switch:account"},
        {"a type everywhere",
         {{StopScope::action_type, "", "mail"}, true, "root", "x"},
         "kill_switch:action_type",
         "kill_switch:action_type",
         ""},
        {"a type of an account",
         {{StopScope::action_type, "acct_1", "mail"}, true, "op", "x"},
         "kill_switch:action_type",
         "",
         ""},
    };
    for (const auto& [name, change, here, elsewhere, other] : cases) {
        SCOPED_TRACE(name);
        Switchboard board;
        ASSERT_TRUE(board.apply(type, payload_of(change)));
        EXPECT_EQ(rule_of(board, "acct_1", "mail"), here);
        EXPECT_EQ(rule_of(board, "acct_2", "mail"), elsewhere);
        EXPECT_EQ(rule_of(board, "acct_1", "note"), other);
        ASSERT_EQ(board.all().size(), 1u);
        EXPECT_EQ(board.all().begin()->second.by, change.by);
        StopChange off = change;
        off.enabled = false;
        ASSERT_TRUE(board.apply(type, payload_of(off)));
        EXPECT_EQ(rule_of(board, "acct_1", "mail"), "");
        EXPECT_TRUE(board.all().empty());
    }
}

TEST(Switchboard, ATypeThatIsStoppedTwiceIsAllowedOnlyWhenBothAreTakenBack) {
    Switchboard board;
    ASSERT_TRUE(
        board.apply(type, payload_of({{StopScope::action_type, "", "mail"}, true, "root", "x"})));
    ASSERT_TRUE(board.apply(
        type, payload_of({{StopScope::action_type, "acct_1", "mail"}, true, "op", "y"})));
    ASSERT_TRUE(
        board.apply(type, payload_of({{StopScope::action_type, "", "mail"}, false, "root", "z"})));
    EXPECT_EQ(rule_of(board, "acct_1", "mail"), "kill_switch:action_type");
    EXPECT_EQ(rule_of(board, "acct_2", "mail"), "");
}

TEST(Switchboard, TakesWhatItIsAndRefusesWhatItCannotUnderstand) {
    Switchboard board;
    EXPECT_TRUE(board.apply("identity.account.created", "{"));
    for (const char* payload :
         {"{", "{}", R"({"scope":"session","enabled":true,"subject":"sess_1"})",
          R"({"scope":"account","enabled":true})", R"({"scope":"global","enabled":1})"}) {
        SCOPED_TRACE(payload);
        EXPECT_FALSE(board.apply(type, payload));
    }
    EXPECT_TRUE(board.all().empty());
    for (std::size_t i = 0; i < Switchboard::stops_max; ++i)
        ASSERT_TRUE(board.apply(
            type,
            payload_of({{StopScope::account, "acct_" + std::to_string(i)}, true, "op", "x"})));
    EXPECT_EQ(board.may_take({{StopScope::account, "acct_more"}, true, "op", "x"}).error().reason,
              "limit_exceeded");
    EXPECT_TRUE(board.may_take({{StopScope::account, "acct_7"}, true, "op", "x"}));
    EXPECT_TRUE(board.may_take({{StopScope::account, "acct_7"}, false, "op", "x"}));
}

}  // namespace
}  // namespace lifeline::safety
