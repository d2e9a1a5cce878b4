#include "gateway/call_room.h"

#include "gateway/test_room.h"

namespace lifeline::gateway {

namespace {

const Error disk_full{Code::unavailable, "storage_unavailable", "the disk is full"};

bool may_publish(RoomHouse& house, const identity::Principal& principal, std::string_view session) {
    return gateway::may_publish(*house.publishing(principal, session), house.loop.clock().steady())
        .has_value();
}

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

TEST(CallRoom, WhoComesBackIsNotRefusedForTheGhostThatItTakesOver) {
    struct Case {
        const char* name;
        Limits limits;
    };
    Limits of_participant;
    of_participant.lines_per_participant_max = 2;
    Limits of_call;
    of_call.connections_per_call_max = 2;
    for (const auto& [name, limits] :
         {Case{"a participant's lines", of_participant}, Case{"a call's connections", of_call}}) {
        SCOPED_TRACE(name);
        RoomHouse house(limits);
        const auto ghost = house.connect("ada");
        const auto other = house.connect("ada");
        const CallRoom& room = *house.lane.find("sess_1");
        Admission admission;
        admission.principal = RoomHouse::principal("ada");
        EXPECT_EQ(room.may_enter(admission).error().reason, "rate_limited");
        EXPECT_GT(room.may_enter(admission).error().retry_after, Millis{0});
        admission.continues = admission.line = Generation{7, 1};  // The ghost's.
        EXPECT_EQ(room.open_on(admission.line), 1u);
        EXPECT_TRUE(room.may_enter(admission).has_value());
        const auto back = house.connect("ada", {}, admission.line, admission.line);
        EXPECT_EQ(ghost->closed, 4002);
        EXPECT_EQ(room.open_on(admission.line), 1u);
        admission.continues = admission.line = Generation{7, 99};  // A line without connections.
        EXPECT_EQ(room.may_enter(admission).error().reason, "rate_limited");
    }
}

TEST(Rates, ReconnectingRefillsNothingAndEveryDoorSharesTheUsersBucket) {
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
    EXPECT_EQ(house.publishing(RoomHouse::principal("ada"), "sess_1"),
              house.publishing(RoomHouse::principal("ada"), "sess_2"))
        << "the one that her connection takes from, on another loop perhaps";
    // Over REST, into another call.
    EXPECT_FALSE(may_publish(house, RoomHouse::principal("ada"), "sess_2"));
    EXPECT_TRUE(may_publish(house, RoomHouse::principal("bob"), "sess_2"));
    house.loop.run_for(Millis{100});
    EXPECT_TRUE(may_publish(house, RoomHouse::principal("ada"), "sess_2"));
}

TEST(Rates, AnAgentHasABucketInEachCall) {
    RoomHouse house({.events_per_second = 10, .events_burst = 1});
    const auto bot = RoomHouse::principal("bot", contract::Role::agent);
    EXPECT_TRUE(may_publish(house, bot, "sess_1"));
    EXPECT_FALSE(may_publish(house, bot, "sess_1"));
    EXPECT_TRUE(may_publish(house, bot, "sess_2"));
}

TEST(Rates, ComingBackIsLimitedToo) {
    RoomHouse house({.connects_per_second = 1, .connects_burst = 3});
    const auto ada = RoomHouse::principal("ada");
    for (int n = 0; n < 3; ++n)
        EXPECT_TRUE(
            house.rates.may_connect(ada, "sess_1", house.loop.clock().steady()).has_value());
    EXPECT_EQ(house.rates.may_connect(ada, "sess_1", house.loop.clock().steady()).error().reason,
              "rate_limited");
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_TRUE(house.rates.may_connect(ada, "sess_1", house.loop.clock().steady()).has_value());
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
