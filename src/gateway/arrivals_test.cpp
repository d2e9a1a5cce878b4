#include "gateway/arrivals.h"

#include "gateway/test_room.h"

namespace lifeline::gateway {

namespace {

std::optional<Error> disabled_for_ada(const identity::Principal& principal) {
    if (principal.user_id != "ada") return std::nullopt;
    return Error{Code::not_allowed, "account_disabled", "the account is disabled"};
}

}  // namespace

TEST(Arrivals, WhoLosesTheirRightsOnTheWayIsFoundThere) {
    RoomHouse house;
    const auto ada = house.lane.arrivals().enter(RoomHouse::principal("ada"));
    const auto bot = house.lane.arrivals().enter(RoomHouse::principal("bot"));
    house.lane.cut(disabled_for_ada);
    ASSERT_TRUE(ada->cut);
    EXPECT_EQ(ada->cut->reason, "account_disabled");
    EXPECT_FALSE(bot->cut);
    const auto later = house.lane.arrivals().enter(RoomHouse::principal("ada"));
    EXPECT_FALSE(later->cut) << "whoever comes now was judged since";
    house.lane.cut([](const identity::Principal&) { return std::nullopt; });
    EXPECT_TRUE(ada->cut) << "what was taken away stays so";
}

TEST(Arrivals, ThoseWhoHaveArrivedAreForgotten) {
    Arrivals arrivals;
    for (int n = 0; n < 10'000; ++n) (void)arrivals.enter(RoomHouse::principal("ada"));
    EXPECT_LE(arrivals.size(), 64u);
}

}  // namespace lifeline::gateway
