#include "app/canary.h"

#include <gtest/gtest.h>

namespace lifeline::app {

TEST(Canary, IsStoppedByEveryPolicyThatDoesNotLetEverythingThrough) {
    struct Case {
        const char* name;
        const char* rules;
        bool approved;
        const char* rule;
    };
    const Case cases[] = {
        {"the standard", "", false, "default:high_risk_external_send"},
        {"one that denies", R"({"name":"none","then":"deny"})", false, "none"},
        {"one that allows, and says so once", R"({"name":"all","then":"allow"})", false, "all"},
        {"one that lets everything through",
         R"({"name":"all","then":"allow","acknowledge_risk":true})", true, "all"},
        {"one that lets mail through",
         R"({"name":"mail","when":{"action":"send_email"},"then":"allow","acknowledge_risk":true})",
         false, "default:high_risk_external_send"},
    };
    for (const auto& [name, rules, approved, rule] : cases) {
        SCOPED_TRACE(name);
        const auto policy = safety::Policy::parse(R"({"id":"p","version":"1","rules":[)" +
                                                  std::string(rules) + "]}");
        ASSERT_TRUE(policy.has_value());
        const auto flown = fly_canary(*policy, {});
        ASSERT_TRUE(flown.has_value()) << flown.error().detail;
        EXPECT_EQ(flown->approved, approved);
        EXPECT_EQ(flown->rule, rule);
    }
}

TEST(Canary, IsStoppedByHandWhateverThePolicySays) {
    const auto policy =
        safety::Policy::parse(R"({"id":"p","version":"1","rules":[{"name":"all","then":"allow",)"
                              R"("acknowledge_risk":true}]})");
    ASSERT_TRUE(policy.has_value());
    const auto flown = fly_canary(*policy, {}, {.global = "drill"});
    ASSERT_TRUE(flown.has_value()) << flown.error().detail;
    EXPECT_FALSE(flown->approved);
    EXPECT_EQ(flown->rule, "kill_switch:global");
}

}  // namespace lifeline::app
