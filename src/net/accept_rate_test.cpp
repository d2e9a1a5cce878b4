#include "net/accept_rate.h"

#include <gtest/gtest.h>

#include <chrono>

namespace lifeline::net {
namespace {

using std::chrono::milliseconds;

IpAddress at(const char* text) {
    return *IpAddress::parse(text);
}

int enter_all(AcceptRate& rate, const IpAddress& address, SteadyTime now) {
    int entered = 0;
    while (entered < 1'000 && rate.may_enter(address, now)) ++entered;
    return entered;
}

TEST(AcceptRate, ABurstAndThenSoManyASecond) {
    AcceptRate rate({.per_second = 10, .burst = 5});
    SteadyTime now{};
    EXPECT_EQ(enter_all(rate, at("192.0.2.1"), now), 5);
    EXPECT_EQ(enter_all(rate, at("192.0.2.2"), now), 5) << "each address has its own";
    now += milliseconds(99);
    EXPECT_EQ(enter_all(rate, at("192.0.2.1"), now), 0) << "being refused costs nothing";
    now += milliseconds(1);
    EXPECT_EQ(enter_all(rate, at("192.0.2.1"), now), 1);
    now += milliseconds(60'000);
    EXPECT_EQ(enter_all(rate, at("192.0.2.1"), now), 5) << "no more than a burst is saved up";
}

TEST(AcceptRate, ANetworkOf64BitsIsOne) {
    AcceptRate rate({.per_second = 1, .burst = 2});
    EXPECT_TRUE(rate.may_enter(at("2001:db8::1"), {}));
    EXPECT_TRUE(rate.may_enter(at("2001:db8::2"), {}));
    EXPECT_FALSE(rate.may_enter(at("2001:db8::ffff:3"), {}));
    EXPECT_TRUE(rate.may_enter(at("2001:db8:0:1::1"), {}));
}

TEST(AcceptRate, RemembersOnlySoMany) {
    AcceptRate rate({.per_second = 1'000, .burst = 1});
    SteadyTime now{};
    const auto nth = [](std::size_t n) {
        const auto byte = [n](unsigned shift) { return static_cast<std::uint8_t>(n >> shift); };
        return IpAddress::v4({10, byte(16), byte(8), byte(0)});
    };
    for (std::size_t n = 0; n < AcceptRate::remembered_max; ++n)
        ASSERT_TRUE(rate.may_enter(nth(n), now));
    EXPECT_TRUE(rate.may_enter(at("192.0.2.1"), now));
    EXPECT_TRUE(rate.may_enter(at("192.0.2.1"), now)) << "let in without being remembered";
    EXPECT_EQ(rate.remembered(), AcceptRate::remembered_max);
    now += milliseconds(1);
    EXPECT_TRUE(rate.may_enter(at("192.0.2.1"), now));
    EXPECT_EQ(rate.remembered(), 1u) << "who has paid is forgotten";
}

}  // namespace
}  // namespace lifeline::net
