#include "net/ip_address.h"

#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

TEST(IpAddress, WhereAnAddressLeads) {
    enum class Is { open, closed, loopback };
    struct Case {
        const char* text;
        Is is;
    };
    const Case cases[] = {
        {"8.8.8.8", Is::open},
        {"1.1.1.1", Is::open},
        {"172.15.255.255", Is::open},
        {"172.32.0.0", Is::open},
        {"100.63.255.255", Is::open},
        {"100.128.0.0", Is::open},
        {"198.17.255.255", Is::open},
        {"198.20.0.0", Is::open},
        {"223.255.255.255", Is::open},
        {"2606:4700:4700::1111", Is::open},
        {"2a00:1450:4001:81b::200e", Is::open},
        {"2001:200::1", Is::open},
        {"127.0.0.1", Is::loopback},
        {"127.255.255.255", Is::loopback},
        {"::1", Is::loopback},
        {"::ffff:127.0.0.1", Is::loopback},
        {"0.0.0.0", Is::closed},
        {"10.0.0.1", Is::closed},
        {"100.64.0.0", Is::closed},
        {"100.127.255.255", Is::closed},
        {"169.254.169.254", Is::closed},
        {"172.16.0.0", Is::closed},
        {"172.31.255.255", Is::closed},
        {"192.0.0.8", Is::closed},
        {"192.0.2.1", Is::closed},
        {"192.88.99.1", Is::closed},
        {"192.168.1.1", Is::closed},
        {"198.18.0.0", Is::closed},
        {"198.19.255.255", Is::closed},
        {"198.51.100.7", Is::closed},
        {"203.0.113.7", Is::closed},
        {"224.0.0.1", Is::closed},
        {"240.0.0.1", Is::closed},
        {"255.255.255.255", Is::closed},
        {"::", Is::closed},
        {"::ffff:10.0.0.1", Is::closed},
        {"::ffff:169.254.169.254", Is::closed},
        {"::10.0.0.1", Is::closed},
        {"64:ff9b::10.0.0.1", Is::closed},
        {"64:ff9b::8.8.8.8", Is::closed},
        {"100::1", Is::closed},
        {"2001::1", Is::closed},
        {"2001:1ff::1", Is::closed},
        {"2001:db8::1", Is::closed},
        {"2002:7f00:1::", Is::closed},
        {"3fff::1", Is::closed},
        {"4000::1", Is::closed},
        {"fc00::1", Is::closed},
        {"fd00:ec2::254", Is::closed},
        {"fe80::1", Is::closed},
        {"ff02::1", Is::closed},
    };
    for (const auto& [text, is] : cases) {
        SCOPED_TRACE(text);
        const auto address = IpAddress::parse(text);
        ASSERT_TRUE(address);
        EXPECT_EQ(address->is_public(), is == Is::open);
        EXPECT_EQ(address->is_loopback(), is == Is::loopback);
    }
}

TEST(IpAddress, OneSpellingOnly) {
    for (const char* text :
         {"", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.0.0.1 ", " 127.0.0.1",
          "127.0.0.256", "127.0.0", "::1%lo", "[::1]", "1::2::3", "localhost"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string("127.0.0.1\0", 10)));
}

TEST(IpAddress, ItsTextIsTheShortestAndIPv4InDisguiseIsIPv4) {
    EXPECT_EQ(IpAddress::parse("2606:4700:0000::1111")->text(), "2606:4700::1111");
    EXPECT_EQ(IpAddress::parse("::ffff:10.1.2.3")->text(), "10.1.2.3");
    EXPECT_EQ(IpAddress::parse("::ffff:10.1.2.3"), IpAddress::parse("10.1.2.3"));
}

}  // namespace
}  // namespace lifeline::net
