#include "gateway/call_room.h"

#include "gateway/test_room.h"

namespace lifeline::gateway {

namespace {

const Error disk_full{Code::unavailable, "storage_unavailable", "the disk is full"};

}  // namespace

TEST(CallRoom, ALineThatWasNotRecordedIsToldAgain) {
    RoomHouse house;
    house.journal.refuse_appends(disk_full);
    const auto ada = house.connect("ada");
    EXPECT_FALSE(house.connected("ada"));
    house.journal.refuse_appends(std::nullopt);
    house.loop.run_for(std::chrono::seconds(5));
    EXPECT_TRUE(house.connected("ada"));
    EXPECT_EQ(house.look([](const call::State& state) { return state.status; }),
              call::Status::active)
        << "and so the call has started";
}

TEST(CallRoom, ALostLineIsToldAgainAfterItsLastSocketHasGone) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    EXPECT_TRUE(house.connected("ada"));
    house.journal.refuse_appends(disk_full);
    ada->leave();
    house.loop.run_for(std::chrono::seconds(5));
    EXPECT_TRUE(house.connected("ada"));
    EXPECT_NE(house.lane.find("sess_1"), nullptr);
    house.journal.refuse_appends(std::nullopt);
    house.loop.run_for(std::chrono::seconds(5));
    EXPECT_FALSE(house.connected("ada"));
    EXPECT_EQ(house.lane.find("sess_1"), nullptr) << "nothing keeps the room any more";
}

TEST(CallRoom, OnlyWhomTheServerRunsIsThereWithoutAConnection) {
    RoomHouse house;
    for (const char* user : {"bot", "helper"})
        house.sessions.submit("sess_1",
                              {call::LineChanged{.participant_id = user, .connected = true},
                               {"server", "lifeline"},
                               contract::Role::server},
                              house.loop,
                              [](Result<session::Receipt> told) { ASSERT_TRUE(told.has_value()); });
    house.loop.run();
    EXPECT_TRUE(house.connected("bot"));
    const auto ada = house.connect("ada");
    house.loop.run_for(std::chrono::seconds(5));
    EXPECT_FALSE(house.connected("bot")) << "an agent from outside has a connection or is lost";
    EXPECT_TRUE(house.connected("helper"));
}

TEST(CallRoom, ARoomGoesWithItsLastConnection) {
    RoomHouse house;
    auto ada = house.connect("ada");
    auto other = house.connect("ada");
    ada->leave();
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_TRUE(house.connected("ada"));
    other->leave();
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_FALSE(house.connected("ada"));
    EXPECT_EQ(house.lane.find("sess_1"), nullptr);
    // Somebody who is in no call, but may watch, leaves no trace and no room either.
    auto auditor = house.connect("auditor");
    auditor->leave();
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_EQ(house.lane.find("sess_1"), nullptr);
}

TEST(Lane, ReconnectingRefillsNothingAndEveryDoorSharesTheUsersBucket) {
    RoomHouse house({.events_per_second = 10, .events_burst = 20});
    auto ada = house.connect("ada");
    for (int n = 0; n < 25; ++n) ada->note(n);
    house.loop.run();
    EXPECT_EQ(ada->heard(R"("code":"rate_limited")"), 5);
    ada->leave();
    house.loop.run();
    EXPECT_EQ(house.lane.find("sess_1"), nullptr);
    ada = house.connect("ada");
    ada->note(100);
    house.loop.run();
    EXPECT_EQ(ada->heard(R"("code":"rate_limited")"), 1);
    // Over REST, into another call.
    EXPECT_GT(house.lane.wait_to_publish(RoomHouse::principal("ada"), "sess_2"), Millis{0});
    EXPECT_EQ(house.lane.wait_to_publish(RoomHouse::principal("bob"), "sess_2"), Millis{0});
    house.loop.run_for(Millis{100});
    EXPECT_EQ(house.lane.wait_to_publish(RoomHouse::principal("ada"), "sess_2"), Millis{0});
}

TEST(Lane, AnAgentHasABucketInEachCall) {
    RoomHouse house({.events_per_second = 10, .events_burst = 1});
    const auto bot = RoomHouse::principal("bot", contract::Role::agent);
    EXPECT_EQ(house.lane.wait_to_publish(bot, "sess_1"), Millis{0});
    EXPECT_GT(house.lane.wait_to_publish(bot, "sess_1"), Millis{0});
    EXPECT_EQ(house.lane.wait_to_publish(bot, "sess_2"), Millis{0});
}

TEST(Lane, ComingBackIsLimitedToo) {
    RoomHouse house({.connects_per_second = 1, .connects_burst = 3});
    const auto ada = RoomHouse::principal("ada");
    for (int n = 0; n < 3; ++n) EXPECT_TRUE(house.lane.may_connect(ada, "sess_1").has_value());
    EXPECT_EQ(house.lane.may_connect(ada, "sess_1").error().reason, "rate_limited");
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_TRUE(house.lane.may_connect(ada, "sess_1").has_value());
}

TEST(Lane, GenerationsGrowAlsoOverRestarts) {
    RoomHouse house;
    auto after = house.house;
    after.boot = 8;
    Lane later(*house.sessions.shards().front(), after);
    const Generation first = house.lane.next_generation();
    const Generation second = house.lane.next_generation();
    const Generation third = later.next_generation();
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_LT(first.text(), second.text());
    EXPECT_LT(second.text(), third.text());
}

}  // namespace lifeline::gateway
