#include "net/connection_door.h"

#include <gtest/gtest.h>

#include <vector>

namespace lifeline::net {
namespace {

IpAddress at(const char* text) {
    return *IpAddress::parse(text);
}

TEST(ConnectionDoor, FullInAllAndByAddress) {
    ConnectionDoor door({.total = 4, .per_address = 2});
    std::vector<std::optional<ConnectionDoor::Seat>> seats;
    const auto enters = [&](const char* address) {
        seats.push_back(door.enter(at(address)));
        return seats.back().has_value();
    };
    EXPECT_TRUE(enters("192.0.2.1"));
    EXPECT_TRUE(enters("::ffff:192.0.2.1"));
    EXPECT_FALSE(enters("192.0.2.1"));  // Its two are inside.
    EXPECT_TRUE(enters("192.0.2.2"));
    EXPECT_TRUE(enters("192.0.2.3"));
    EXPECT_FALSE(enters("192.0.2.4"));  // All four are.
    EXPECT_EQ(door.inside(), 4u);

    seats.erase(seats.begin());
    EXPECT_EQ(door.inside(), 3u);
    EXPECT_TRUE(enters("192.0.2.1"));
    seats.clear();
    EXPECT_EQ(door.inside(), 0u);
}

TEST(ConnectionDoor, ThisMachineCountsInAllOnly) {
    ConnectionDoor door({.total = 3, .per_address = 1});
    const auto first = door.enter(at("127.0.0.1"));
    const auto second = door.enter(at("127.0.0.1"));
    const auto third = door.enter(at("::1"));
    EXPECT_TRUE(first && second && third);
    EXPECT_FALSE(door.enter(at("::1")));
}

TEST(ConnectionDoor, AProxysClientsAreToldApart) {
    using Count = ConnectionDoor::Count;
    ConnectionDoor door({.total = 3, .per_address = 1});
    auto first = door.enter(at("10.0.0.1"), Count::in_all);
    auto second = door.enter(at("10.0.0.1"), Count::in_all);
    ASSERT_TRUE(first && second) << "of the proxy there may be many";
    auto client = door.enter(at("192.0.2.1"), Count::by_address);
    ASSERT_TRUE(client);
    EXPECT_FALSE(door.enter(at("192.0.2.1"), Count::by_address));
    EXPECT_FALSE(door.enter(at("192.0.2.1"))) << "nor past the proxy";
    EXPECT_EQ(door.inside(), 2u);

    first->take_over(std::move(*client));
    client.reset();
    EXPECT_FALSE(door.enter(at("192.0.2.1"), Count::by_address)) << "it has its seat still";
    first.reset();
    EXPECT_EQ(door.inside(), 1u);
    EXPECT_TRUE(door.enter(at("192.0.2.1"), Count::by_address));
}

TEST(ConnectionDoor, WhoIsTrustedOnlyLaterGivesItsOwnPlaceUp) {
    ConnectionDoor door({.total = 3, .per_address = 1});
    auto proxy = door.enter(at("10.0.0.1"));
    auto client = door.enter(at("192.0.2.1"), ConnectionDoor::Count::by_address);
    ASSERT_TRUE(proxy && client);
    proxy->take_over(std::move(*client));
    EXPECT_TRUE(door.enter(at("10.0.0.1")));
    EXPECT_FALSE(door.enter(at("192.0.2.1")));
    proxy.reset();
    EXPECT_TRUE(door.enter(at("192.0.2.1")));
    EXPECT_EQ(door.inside(), 0u);
}

TEST(ConnectionDoor, ANetworkOfIPv6IsOneAddress) {
    ConnectionDoor door({.total = 9, .per_address = 1});
    const auto first = door.enter(at("2001:db8::1"));
    EXPECT_TRUE(first);
    EXPECT_FALSE(door.enter(at("2001:db8::2")));
    EXPECT_TRUE(door.enter(at("2001:db8:0:1::1")));
}

TEST(ConnectionDoor, NewLimitsAreForWhoComesNext) {
    ConnectionDoor door({.total = 1, .per_address = 1});
    const auto first = door.enter(at("192.0.2.1"));
    EXPECT_FALSE(door.enter(at("192.0.2.1")));
    door.set_limits({.total = 2, .per_address = 2});
    const auto second = door.enter(at("192.0.2.1"));
    EXPECT_TRUE(second);
    door.set_limits({.total = 1, .per_address = 1});
    EXPECT_EQ(door.inside(), 2u);
}

TEST(ConnectionDoor, ASeatMovesAndOutlivesTheDoor) {
    std::optional<ConnectionDoor::Seat> kept;
    {
        ConnectionDoor door({.total = 1, .per_address = 1});
        auto seat = door.enter(at("192.0.2.1"));
        ConnectionDoor::Seat moved = std::move(*seat);
        seat.reset();
        EXPECT_EQ(door.inside(), 1u);
        moved = ConnectionDoor::Seat{};
        EXPECT_EQ(door.inside(), 0u);
        kept = door.enter(at("192.0.2.1"));
        EXPECT_TRUE(kept);
    }
    kept.reset();
}

}  // namespace
}  // namespace lifeline::net
