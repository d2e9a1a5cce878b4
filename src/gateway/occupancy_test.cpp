#include "gateway/occupancy.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "base/virtual_loop.h"

namespace lifeline::gateway {

namespace {

identity::Principal who(std::string user, contract::Role role = contract::Role::user,
                        std::string account = "acct_1") {
    identity::Principal principal;
    principal.user_id = std::move(user);
    principal.account_id = std::move(account);
    principal.role = role;
    return principal;
}

}  // namespace

TEST(Occupancy, CountsUsersAndAccountsAndForgetsWhoHasGone) {
    VirtualLoop loop;
    Occupancy occupancy(loop, {.per_user = 2, .per_account = 4});
    std::vector<Occupancy::Seat> seats;
    const auto enter = [&](const identity::Principal& principal) -> std::string {
        auto seat = occupancy.enter(principal);
        if (!seat) return seat.error().reason;
        seats.push_back(std::move(*seat));
        return "in";
    };
    EXPECT_EQ(enter(who("ada")), "in");
    EXPECT_EQ(enter(who("ada")), "in");
    EXPECT_EQ(enter(who("ada")), "rate_limited");
    {
        const auto back = occupancy.enter(who("ada"), Occupancy::Comes::in_place);
        EXPECT_TRUE(back.has_value()) << "in place of a ghost of hers";
    }
    loop.run();
    EXPECT_EQ(occupancy.of_account("acct_1"), 2u) << "and it was counted";
    EXPECT_EQ(enter(who("ada", contract::Role::user, "acct_2")), "in") << "somebody else";
    EXPECT_EQ(enter(who("bot", contract::Role::agent)), "in");
    EXPECT_EQ(enter(who("bot", contract::Role::agent)), "in");
    EXPECT_EQ(enter(who("bot", contract::Role::agent)), "rate_limited") << "the account is full";
    EXPECT_EQ(enter(who("bob")), "rate_limited");
    EXPECT_EQ(occupancy.of_account("acct_1"), 4u);
    seats.erase(seats.begin());
    loop.run();
    EXPECT_EQ(enter(who("bob")), "in");
    EXPECT_EQ(enter(who("ada")), "rate_limited") << "the account is full again";
    seats.clear();
    loop.run();
    EXPECT_EQ(occupancy.of_account("acct_1"), 0u);
    EXPECT_EQ(occupancy.of_account("acct_2"), 0u);
}

TEST(Occupancy, ASeatLeavesOnceHoweverItIsMoved) {
    VirtualLoop loop;
    Occupancy occupancy(loop, {});
    {
        std::optional<Occupancy::Seat> seat(std::move(*occupancy.enter(who("ada"))));
        Occupancy::Seat other;
        other = std::move(*seat);
        seat.reset();
        loop.run();
        EXPECT_EQ(occupancy.of_account("acct_1"), 1u);
    }
    loop.run();
    EXPECT_EQ(occupancy.of_account("acct_1"), 0u);
}

}  // namespace lifeline::gateway
