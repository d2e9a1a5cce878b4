#include "net/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Url, WhatIsPlainlyRight) {
    struct Case {
        const char* text;
        const char* scheme;
        const char* host;
        unsigned port;
        const char* target;
        const char* origin;
    };
    const Case cases[] = {
        {"http://example.com", "http", "example.com", 80, "/", "http://example.com"},
        {"HTTPS://Example.COM/A", "https", "example.com", 443, "/A", "https://example.com"},
        {"https://example.com:8443/a?b=c", "https", "example.com", 8443, "/a?b=c",
         "https://example.com:8443"},
        {"https://example.com:443", "https", "example.com", 443, "/", "https://example.com"},
        {"http://example.com?x=1", "http", "example.com", 80, "/?x=1", "http://example.com"},
        {"ws://127.0.0.1:8080/ws", "ws", "127.0.0.1", 8080, "/ws", "ws://127.0.0.1:8080"},
        {"wss://[2001:DB8::1]/", "wss", "2001:db8::1", 443, "/", "wss://[2001:db8::1]"},
        {"http://[::1]:81/", "http", "::1", 81, "/", "http://[::1]:81"},
        {"http://localhost:5173/%20x", "http", "localhost", 5173, "/%20x", "http://localhost:5173"},
        {"http://a_b.internal/", "http", "a_b.internal", 80, "/", "http://a_b.internal"},
        {"https://xn--bcher-kva.example/", "https", "xn--bcher-kva.example", 443, "/",
         "https://xn--bcher-kva.example"},
    };
    for (const auto& [text, scheme, host, port, target, origin] : cases) {
        SCOPED_TRACE(text);
        const auto url = parse_url(text);
        ASSERT_TRUE(url) << url.error().detail;
        EXPECT_EQ(url->scheme, scheme);
        EXPECT_EQ(url->host, host);
        EXPECT_EQ(url->port, port);
        EXPECT_EQ(url->target, target);
        EXPECT_EQ(url->origin(), origin);
    }
}

TEST(Url, WhatIsNot) {
    const char* cases[] = {
        "",
        "example.com",
        "//example.com",
        "http:/example.com",
        "http:example.com",
        "http://",
        "http:///path",
        "http://:80/",
        "file:///etc/passwd",
        "ftp://example.com",
        "javascript://example.com/%0aalert(1)",
        "gopher://example.com",
        " http://example.com",
        "http://example.com ",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com@10.0.0.1/",
        "http://example.com/#fragment",
        "http://example.com#@evil.example/",
        "http://exa mple.com/",
        "http://exa\tmple.com/",
        "http://exa%6dple.com/",
        "http://bücher.example/",
        "http://example.com\\@evil.example/",
        "http://example.com/\\x",
        "http://example..com/",
        "http://.example.com/",
        "http://example.com./",
        "http://-example.com/",
        "http://example-.com/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://999.1.1.1/",
        "http://example.0x10/",
        "http://[127.0.0.1]/",
        "http://[::1/",
        "http://::1]/",
        "http://::1/",
        "http://[::1%25lo]/",
        "http://[::1]x/",
        "http://example.com:/",
        "http://example.com:0/",
        "http://example.com:080/",
        "http://example.com:65536/",
        "http://example.com:99999999999/",
        "http://example.com:80x/",
        "http://example.com:-1/",
        "http://example.com:+80/",
        "http://example.com/\x01",
        "http://example.com/a b",
        "http://example.com/%",
        "http://example.com/%2",
        "http://example.com/%zz",
        "http://example.com/%00",
        "http://example.com/../x",
        "http://example.com/%2e%2E/x",
        "http://example.com/a//b",
    };
    for (const char* text : cases) EXPECT_FALSE(parse_url(text)) << text;
    EXPECT_FALSE(parse_url("http://" + std::string(64, 'a') + ".com/"));
    std::string long_host;
    for (int i = 0; i < 64; ++i) long_host += "abc.";
    EXPECT_FALSE(parse_url("http://" + long_host + "com/"));
    EXPECT_FALSE(parse_url(std::string("http://example.com\0.evil/", 25)));
}

TEST(Target, SegmentsAreDecodedOnceAndStayApart) {
    struct Case {
        const char* text;
        std::vector<std::string> segments;
    };
    const Case cases[] = {
        {"/", {}},
        {"/v1/call/sessions", {"v1", "call", "sessions"}},
        {"/v1/", {"v1", ""}},
        {"/a%2Fb/c", {"a/b", "c"}},
        {"/a%252Fb", {"a%2Fb"}},
        {"/caf%C3%A9", {"café"}},
        {"/a+b", {"a+b"}},
        {"/sess_1:x@y;z=1,(2)", {"sess_1:x@y;z=1,(2)"}},
        {"/...", {"..."}},
    };
    for (const auto& [text, segments] : cases) {
        SCOPED_TRACE(text);
        const auto target = parse_target(text);
        ASSERT_TRUE(target);
        EXPECT_EQ(target->segments, segments);
        EXPECT_EQ(target->path, text);
        EXPECT_FALSE(target->has_query());
    }
}

TEST(Target, ParametersInOrderDecoded) {
    const auto target = parse_target("/x?after=12&q=a+b%20c%2B&empty=&flag&after=13&&%C3%A9=1=2");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/x");
    EXPECT_THAT(target->query,
                ElementsAre(Pair("after", "12"), Pair("q", "a b c+"), Pair("empty", ""),
                            Pair("flag", ""), Pair("after", "13"), Pair("é", "1=2")));
    EXPECT_EQ(*target->find("after"), "12");
    EXPECT_EQ(target->find("none"), nullptr);
}

TEST(Target, WhatIsRefused) {
    for (const char* text : {"",
                             "x",
                             "*",
                             "http://example.com/",
                             "/..",
                             "/a/../b",
                             "/./a",
                             "/%2e",
                             "/%2E%2e/x",
                             "//",
                             "//evil.example/x",
                             "/a//b",
                             "/a\\b",
                             "/%0d%0a",
                             "/%00",
                             "/%7f",
                             "/%zz",
                             "/%4",
                             "/x?%ff",
                             "/%ff",
                             "/%c0%af",
                             "/x?a=%",
                             "/a#b",
                             "/a b",
                             "/a\"b",
                             "/\x80",
                             "/x?y=%0a"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

TEST(Url, PercentEncodingUndoesItself) {
    std::string all;
    for (int c = 0x20; c < 0x7F; ++c) all.push_back(static_cast<char>(c));
    all += "é€😀";
    const auto target = parse_target("/" + percent_encode(all) + "?q=" + percent_encode(all));
    ASSERT_TRUE(target);
    EXPECT_THAT(target->segments, ElementsAre(all));
    EXPECT_EQ(*target->find("q"), all);
}

}  // namespace
}  // namespace lifeline::net
