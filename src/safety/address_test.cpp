#include "safety/address.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::safety {
namespace {

TEST(Address, HasTheDomainThatAMailServerWouldSee) {
    const std::pair<const char*, const char*> cases[] = {
        {"ana@example.com", "example.com"},
        {"Ana.B+tag@EXAMPLE.Com", "example.com"},
        {"a@localhost", "localhost"},
        {"a@xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"o'neil_{x}~@a-b.example", "a-b.example"},
    };
    for (const auto& [address, domain] : cases) EXPECT_EQ(domain_of(address), domain) << address;
}

TEST(Address, HasNoneWhenItCouldBeReadInTwoWays) {
    for (const char* address : {
             "",
             "@",
             "example.com",
             "@example.com",
             "a@",
             "a@b@example.com",
             "\"a@evil.example\"@example.com",
             "Ana <ana@example.com>",
             "<ana@example.com>",
             "ana@example.com, eve@evil.example",
             "ana@example.com;eve@evil.example",
             "ana@example.com\neve@evil.example",
             "ana@example.com ",
             " ana@example.com",
             "ana@example.com.",
             "ana@.example.com",
             "ana@example..com",
             "ana@-example.com",
             "ana@example-.com",
             "ana@example.com(comment)",
             "ana(comment)@example.com",
             "ana@[127.0.0.1]",
             "eve%evil.example@example.com",
             "evil.example!eve@example.com",
             ".ana@example.com",
             "ana.@example.com",
             "a..b@example.com",
             "mailto:ana@example.com",
             "ana@ex\xD0\xB0"
             "mple.com",  // a Cyrillic a
             "ana@example\xE3\x80\x82"
             "com",                          // an ideographic full stop
             "ana\xE2\x80\x8B@example.com",  // a space of no width
             "ana@example.com\x7F",
         })
        EXPECT_EQ(domain_of(address), std::nullopt) << address;
    EXPECT_FALSE(domain_of(std::string(65, 'a') + "@example.com"));
    EXPECT_FALSE(domain_of("a@" + std::string(64, 'a') + ".com"));
    EXPECT_FALSE(domain_of("a@" + std::string(300, 'a')));
    EXPECT_FALSE(domain_of(std::string("ana@example.com\0", 16)));
}

TEST(DomainList, HasWhatWasAdded) {
    DomainList list;
    EXPECT_TRUE(list.add("Example.com"));
    EXPECT_TRUE(list.add("*.house.example"));
    for (const char* wrong : {"", "*", "*.", "a@b.example", "example.com.", "ex*.com", "a b", "."})
        EXPECT_FALSE(list.add(wrong)) << wrong;
    const std::pair<const char*, bool> cases[] = {
        {"example.com", true},
        {"sub.example.com", false},
        {"notexample.com", false},
        {"example.com.evil.example", false},
        {"a.house.example", true},
        {"a.b.house.example", true},
        {"house.example", false},
        {"evilhouse.example", false},
        {"", false},
    };
    for (const auto& [domain, then] : cases) EXPECT_EQ(list.has(domain), then) << domain;
}

}  // namespace
}  // namespace lifeline::safety
