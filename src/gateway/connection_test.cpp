#include "gateway/connection.h"

#include "gateway/test_room.h"

namespace lifeline::gateway {

TEST(Connection, RefusedFramesAreNotFree) {
    RoomHouse house({.events_per_second = 10, .events_burst = 20});
    struct Case {
        const char* name;
        const char* frame;
    };
    const Case cases[] = {{"an op nobody knows", R"({"op":"shout"})"}, {"no JSON", "{"}};
    for (const auto& [name, frame] : cases) {
        SCOPED_TRACE(name);
        const auto ada = house.connect("ada");
        for (int n = 0; n < 100; ++n) ada->text(frame);
        house.loop.run();
        EXPECT_EQ(ada->heard(R"("op":"error")"), 40) << "two for each event of the burst";
        EXPECT_EQ(ada->heard(R"("op":"bye")"), 1);
        EXPECT_EQ(ada->closed, 4100);
    }
}

TEST(Connection, PingsAreNotFreeEither) {
    RoomHouse house({.events_per_second = 10, .events_burst = 20});
    const auto ada = house.connect("ada");
    std::string pings;
    for (int n = 0; n < 100; ++n)
        net::append_masked_frame(pings, net::Opcode::ping, "x", {1, 2, 3, 4});
    ada->bytes(pings);
    house.loop.run();
    EXPECT_EQ(ada->closed, 4100);
}

TEST(Connection, WhoKeepsToTheLimitIsNeverSentAway) {
    RoomHouse house({.events_per_second = 10, .events_burst = 20});
    const auto ada = house.connect("ada");
    for (int n = 0; n < 200; ++n) {
        ada->note(n);
        ada->text(R"({"op":"ack","seq":1})");
        house.loop.run_for(Millis{100});
    }
    EXPECT_EQ(ada->heard(R"("op":"error")"), 0);
    EXPECT_EQ(ada->closed, 0);
}

TEST(Connection, HalfAMessageIsNotHeldForEver) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    ada->answers_pings = false;  // It would answer inside of its own frame.
    std::string frame;
    net::append_masked_frame(frame, net::Opcode::text, std::string(100, ' '), {1, 2, 3, 4});
    // A byte now and then buys no time.
    for (int second = 0; second < 40; ++second) {
        ada->bytes(frame.substr(static_cast<std::size_t>(second), 1));
        house.loop.run_for(std::chrono::seconds(1));
        if (second == 25) EXPECT_EQ(ada->closed, 0);
    }
    EXPECT_EQ(ada->closed, 4202);
}

TEST(Connection, WholeMessagesOneAfterTheOtherMayBeCutAnywhere) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    ada->answers_pings = false;  // It would answer inside of its own frame.
    std::string frame;
    net::append_masked_frame(frame, net::Opcode::text, R"({"op":"ping","t":1})", {1, 2, 3, 4});
    // Always inside of a message, never for long inside of the same one.
    ada->bytes(frame.substr(0, 5));
    for (int second = 0; second < 100; ++second) {
        ada->bytes(frame.substr(5) + frame.substr(0, 5));
        house.loop.run_for(std::chrono::seconds(1));
    }
    EXPECT_EQ(ada->closed, 0);
    EXPECT_EQ(ada->heard(R"("op":"pong")"), 100);
}

TEST(Connection, AFloodLeavesTheLoopToOthersAfterEachBuffer) {
    RoomHouse house({.events_per_second = 100'000, .events_burst = 100'000});
    const auto ada = house.connect("ada", {.capacity = 1 << 20});
    std::string flood;
    while (flood.size() < 512 * 1024)
        net::append_masked_frame(flood, net::Opcode::text, R"({"op":"ack","seq":1})", {1, 2, 3, 4});
    ada->bytes(flood);
    // Somebody else's job comes up while most of it still waits.
    bool asked = false;
    std::size_t waiting = 0;
    house.loop.post([&] {
        house.loop.post([&] {
            asked = true;
            waiting = ada->wire.unreceived_bytes(net::FakeWire::End::left);
        });
    });
    house.loop.run();
    EXPECT_TRUE(asked);
    EXPECT_GT(waiting, 256u * 1024);
    EXPECT_EQ(ada->wire.unreceived_bytes(net::FakeWire::End::left), 0u);
}

namespace {

// Ada has said much; who comes anew has half a megabyte to read.
std::unique_ptr<RoomClient> ada_who_said_much(RoomHouse& house) {
    auto ada = house.connect("ada");
    for (int n = 0; n < 1'500; ++n) {
        ada->note(n);
        house.loop.run();
    }
    return ada;
}

void read_slowly(RoomHouse& house, RoomClient& client, int seconds, std::size_t bytes_a_second) {
    for (int second = 0; second < seconds && client.closed == 0; ++second) {
        client.read(bytes_a_second);
        house.loop.run_for(std::chrono::seconds(1));
    }
}

const Limits no_rates{.events_per_second = 100'000, .events_burst = 100'000};

}  // namespace

TEST(Connection, WhoLagsForTooLongIsClosedAndMayComeBack) {
    Limits limits = no_rates;
    limits.lag_max = std::chrono::seconds(30);
    RoomHouse house(limits);
    const auto ada = ada_who_said_much(house);
    house.clients_read = false;
    const auto slow = house.connect("bot", {.capacity = 2'000});
    read_slowly(house, *slow, 25, 2'000);
    EXPECT_EQ(house.lane.counters().connections, 2u);
    read_slowly(house, *slow, 10, 2'000);
    EXPECT_EQ(house.lane.counters().connections, 1u) << "it has not read why";
    EXPECT_EQ(ada->closed, 0);
}

TEST(Connection, ASlowReplayThatArrivesIsNoLag) {
    RoomHouse house(no_rates);
    const auto ada = ada_who_said_much(house);
    house.clients_read = false;
    const auto slow = house.connect("bot", {.capacity = 20'000});
    read_slowly(house, *slow, 100, 20'000);
    EXPECT_EQ(slow->closed, 0);
    EXPECT_EQ(slow->heard(R"("op":"replay.complete")"), 1);
    EXPECT_EQ(slow->heard(R"("x.note")"), 1'500);
}

TEST(Connection, WhoLagsIsToldAtOnceThatTheirEventStands) {
    RoomHouse house(no_rates);
    const auto ada = ada_who_said_much(house);
    EXPECT_EQ(ada->heard(R"("op":"accepted")"), 0) << "her events come by themselves";
    house.clients_read = false;
    const auto slow = house.connect("bot", {.capacity = 20'000});
    slow->note(9'000);
    house.loop.run();
    read_slowly(house, *slow, 5, 20'000);
    EXPECT_EQ(slow->heard(R"("op":"accepted","eventId":"note-9000")"), 1);
    EXPECT_EQ(slow->heard("note-9000"), 1) << "the event itself is far off";
    read_slowly(house, *slow, 100, 20'000);
    EXPECT_EQ(slow->heard("note-9000"), 2);
}

// Not behind, for its frames are all there still: but what it does not take now it may never be
// shown.
TEST(Connection, WhoseSocketTakesNothingIsToldThatItsEventStands) {
    RoomHouse house(no_rates);
    const auto ada = house.connect("ada");
    const auto slow = house.connect("bot", {.capacity = 2'000});
    slow->reads_by_itself = false;
    for (int n = 0; n < 20; ++n) ada->note(n);
    house.loop.run();
    slow->note(9'000);
    house.loop.run();
    EXPECT_EQ(slow->heard(R"("op":"accepted")"), 0) << "it takes nothing";
    for (int n = 20; n < 1'500; ++n) {
        ada->note(n);
        house.loop.run();
    }
    read_slowly(house, *slow, 600, 20'000);
    EXPECT_EQ(slow->heard(R"("op":"accepted","eventId":"note-9000")"), 1);
    EXPECT_EQ(slow->heard("note-1499"), 1);
}

// Its socket is full before its own event comes up, and then its frames are gone.
TEST(Connection, WhoFallsBehindBeforeItsOwnEventIsToldThatItStands) {
    RoomHouse house(no_rates);
    const auto ada = house.connect("ada");
    const auto slow = house.connect("bot", {.capacity = 2'000});
    slow->reads_by_itself = false;
    for (int n = 0; n < 20; ++n) ada->note(n);
    slow->note(9'000);
    for (int n = 20; n < 1'500; ++n) {
        ada->note(n);
        house.loop.run();
    }
    read_slowly(house, *slow, 600, 20'000);
    EXPECT_EQ(slow->heard(R"("op":"accepted","eventId":"note-9000")"), 1);
    EXPECT_EQ(slow->heard("note-1499"), 1);
}

TEST(Lane, WhenMemoryForTheSlowIsShortTheLaggiestGoes) {
    Limits limits = no_rates;
    limits.catch_up_bytes_max = 64 * 1024;  // One at a time.
    RoomHouse house(limits);
    const auto ada = ada_who_said_much(house);
    house.clients_read = false;
    const auto slow = house.connect("bot", {.capacity = 2'000});
    read_slowly(house, *slow, 30, 500);
    EXPECT_EQ(slow->closed, 0) << "nobody waits for its part";
    house.clients_read = true;
    const auto quick = house.connect("bot");
    EXPECT_EQ(quick->heard(R"("op":"replay.complete")"), 0);
    read_slowly(house, *slow, 5, 500);
    EXPECT_EQ(house.lane.counters().connections, 2u) << "ada and the quick one";
    EXPECT_EQ(quick->heard(R"("op":"replay.complete")"), 1);
    EXPECT_EQ(quick->closed, 0);
}

}  // namespace lifeline::gateway
