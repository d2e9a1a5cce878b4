#include "api/change_rate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace lifeline::api {

namespace {

using contract::Role;

identity::Principal who(std::string user_id, Role role = Role::user) {
    identity::Principal principal;
    principal.user_id = std::move(user_id);
    principal.account_id = "acct_1";
    principal.role = role;
    return principal;
}

}  // namespace

TEST(ChangeRate, APersonIsOneWhereverTheyAre) {
    ChangeRate rate({.per_second = 1, .burst = 2});
    const SteadyTime now{std::chrono::hours(1)};
    EXPECT_EQ(rate.wait_to_change(who("ada"), "", now), Millis{0});
    EXPECT_EQ(rate.wait_to_change(who("ada"), "sess_1", now), Millis{0});
    const Millis wait = rate.wait_to_change(who("ada"), "sess_2", now);
    EXPECT_GT(wait, Millis{0});
    EXPECT_LE(wait, Millis{1'001});
    EXPECT_EQ(rate.wait_to_change(who("bob"), "sess_1", now), Millis{0}) << "others do not wait";
    auto namesake = who("ada");
    namesake.account_id = "acct_2";
    EXPECT_EQ(rate.wait_to_change(namesake, "", now), Millis{0});
    EXPECT_EQ(rate.wait_to_change(who("ada"), "", now + wait), Millis{0}) << "as was said";
    EXPECT_GT(rate.wait_to_change(who("ada"), "", now + wait), Millis{0});
}

TEST(ChangeRate, WhoActsForOthers) {
    ChangeRate rate({.per_second = 1, .burst = 1});
    const SteadyTime now{std::chrono::hours(1)};
    for (const Role role : {Role::service, Role::admin})
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(rate.wait_to_change(who("key_1", role), "", now), Millis{0});
    EXPECT_EQ(rate.wait_to_change(who("bot", Role::agent), "sess_1", now), Millis{0});
    EXPECT_EQ(rate.wait_to_change(who("bot", Role::agent), "sess_2", now), Millis{0});
    EXPECT_GT(rate.wait_to_change(who("bot", Role::agent), "sess_1", now), Millis{0});
    EXPECT_GT(rate.wait_to_change(who("eve", Role::operator_), "", now + Millis{1}) +
                  rate.wait_to_change(who("eve", Role::operator_), "", now + Millis{1}),
              Millis{0})
        << "an operator is a person";
}

}  // namespace lifeline::api
