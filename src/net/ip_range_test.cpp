#include "net/ip_range.h"

#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

TEST(IpRange, HoldsWhatBeginsTheSame) {
    struct Case {
        const char* range;
        const char* address;
        bool then;
    };
    const Case cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.128/25", "192.0.2.200", true},
        {"192.0.2.128/25", "192.0.2.100", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "203.0.113.9", true},
        {"fd00::/8", "fd12::1", true},
        {"fd00::/8", "fe80::1", false},
        {"::1", "::1", true},
    };
    for (const auto& [range, address, then] : cases) {
        SCOPED_TRACE(std::string(range) + " " + address);
        const auto parsed = IpRange::parse(range);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->holds(*IpAddress::parse(address)), then);
    }
}

TEST(IpRange, WhatIsNone) {
    for (const char* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8 ",
          "10.0.0.1/8", "10.0/8", "localhost", "fd00::1/8", "fd00::/129", "10.0.0.0/8/8"}) {
        EXPECT_FALSE(IpRange::parse(text)) << text;
    }
}

}  // namespace
}  // namespace lifeline::net
