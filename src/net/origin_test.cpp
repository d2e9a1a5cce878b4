#include "net/origin.h"

#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

TEST(OriginList, WhoMayComeIn) {
    struct Case {
        const char* entry;
        const char* origin;
        bool allowed;
    };
    const Case cases[] = {
        {"https://app.example.com", "https://app.example.com", true},
        {"https://app.example.com:443", "https://app.example.com", true},
        {"https://App.Example.com", "https://app.example.com", true},
        {"https://app.example.com", "https://APP.example.com", false},
        {"https://app.example.com", "http://app.example.com", false},
        {"https://app.example.com", "https://app.example.com:8443", false},
        {"https://app.example.com:8443", "https://app.example.com:8443", true},
        {"https://app.example.com:8443", "https://app.example.com", false},
        {"https://app.example.com", "https://app.example.com.evil.example", false},
        {"https://app.example.com", "https://evil-app.example.com", false},
        {"https://app.example.com", "https://app.example.com/", false},
        {"https://app.example.com", "https://app.example.com@evil.example", false},
        {"https://app.example.com", "null", false},
        {"https://app.example.com", "", false},
        {"https://*.example.app", "https://one.example.app", true},
        {"https://*.example.app", "https://one.two.example.app", true},
        {"https://*.example.app", "https://preview--1234.example.app", true},
        {"https://*.example.app", "https://example.app", false},
        {"https://*.example.app", "https://.example.app", false},
        {"https://*.example.app", "https://one..example.app", false},
        {"https://*.example.app", "http://one.example.app", false},
        {"https://*.example.app", "https://one.example.app:8443", false},
        {"https://*.example.app", "https://evilexample.app", false},
        {"https://*.example.app", "https://one.example.app.evil.example", false},
        {"https://*.example.app", "https://evil.example/.example.app", false},
        {"https://*.example.app", "https://evil.example:1.example.app", false},
        {"https://*.example.app", "https://evil@x.example.app", false},
        {"https://*.example.app", "https://ONE.example.app", false},
        {"https://*.example.app", "https://-.example.app", false},
        {"https://*.example.app:8443", "https://one.example.app:8443", true},
        {"https://*.example.app:8443", "https://one.example.app", false},
        {"https://*.Example.app:443", "https://one.example.app", true},
        {"http://localhost:5173", "http://localhost:5173", true},
        {"http://localhost:5173", "http://localhost:5174", false},
        {"http://localhost:*", "http://localhost:5174", true},
        {"http://localhost:*", "http://localhost", true},
        {"http://localhost:*", "http://localhost:", false},
        {"http://localhost:*", "http://localhost:0", false},
        {"http://localhost:*", "http://localhost:80x", false},
        {"http://localhost:*", "http://localhost.evil.example", false},
        {"http://localhost:*", "https://localhost:5174", false},
        {"http://[::1]:*", "http://[::1]:3000", true},
        {"http://192.168.1.7:3000", "http://192.168.1.7:3000", true},
        {"capacitor://localhost", "capacitor://localhost", true},
        {"chrome-extension://abcdef", "chrome-extension://abcdef", true},
        {"chrome-extension://abcdef", "chrome-extension://abcdeg", false},
    };
    for (const auto& [entry, origin, allowed] : cases) {
        SCOPED_TRACE(std::string(entry) + " <- " + origin);
        const std::string entries[] = {"https://other.example", entry};
        const auto list = OriginList::parse(entries);
        ASSERT_TRUE(list) << list.error().detail;
        EXPECT_EQ(list->allows(origin), allowed);
    }
}

TEST(OriginList, AnEmptyListAllowsNobody) {
    const auto list = OriginList::parse({});
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->empty());
    EXPECT_FALSE(list->allows("https://app.example.com"));
    EXPECT_FALSE(list->allows(""));
}

TEST(OriginList, IsExchangedAsAWhole) {
    const std::vector<std::string> before{"https://a.example", "https://b.example"};
    const std::vector<std::string> after{"https://b.example", "https://c.example"};
    auto list = *OriginList::parse(before);
    const OriginList& held = list;
    list.replace_by(*OriginList::parse(after));
    EXPECT_FALSE(held.allows("https://a.example"));
    EXPECT_TRUE(held.allows("https://b.example"));
    EXPECT_TRUE(held.allows("https://c.example"));
}

TEST(OriginList, EntriesThatAreRefused) {
    for (const char* entry : {"",
                              "*",
                              "null",
                              "https://*",
                              "https://*.app",
                              "*://x.example.com",
                              "example.com",
                              "*.example.com",
                              "https://app.*.com",
                              "https://app-*.example.com",
                              "https://*.*.example.com",
                              "https://example.com/path",
                              "https://example.com/",
                              "https://example.com:*",
                              "http://*:3000",
                              "ws://example.com",
                              "wss://*.example.com",
                              "file://x",
                              "https://user@example.com",
                              "https://exa mple.com",
                              "https://*.0x7f.1",
                              "https://*example.com",
                              "javascript:alert(1)"}) {
        const std::string entries[] = {entry};
        const auto list = OriginList::parse(entries);
        ASSERT_FALSE(list) << entry;
        EXPECT_EQ(list.error().code, Code::malformed);
        EXPECT_NE(list.error().detail.find(entry), std::string::npos);
    }
}

}  // namespace
}  // namespace lifeline::net
