#include "net/client.h"

#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

Proxies behind(std::vector<std::string> entries,
               Proxies::Headers headers = Proxies::Headers::x_forwarded) {
    return {*parse_ranges(entries), headers};
}

Request asked(Headers headers) {
    Request request;
    request.headers = std::move(headers);
    request.headers.push_back({"Host", "lifeline:8787"});
    return request;
}

TEST(Client, IsWhomTrustedProxiesName) {
    const Proxies ours = behind({"10.0.0.0/8", "::1"});
    struct Case {
        const char* name;
        const char* peer;
        Headers headers;
        const char* then;
    };
    const Case cases[] = {
        {"nobody in between", "192.0.2.7", {}, "192.0.2.7"},
        {"a stranger cannot be somebody else",
         "192.0.2.7",
         {{"X-Forwarded-For", "203.0.113.9"}},
         "192.0.2.7"},
        {"a proxy says who", "10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}, "203.0.113.9"},
        {"what the client wrote stands to the left",
         "10.0.0.1",
         {{"X-Forwarded-For", "198.51.100.1, 203.0.113.9"}},
         "203.0.113.9"},
        {"also in a line of its own",
         "10.0.0.1",
         {{"X-Forwarded-For", "198.51.100.1"}, {"x-forwarded-for", "203.0.113.9"}},
         "203.0.113.9"},
        {"a chain of proxies",
         "::1",
         {{"X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.0.0.2 ,10.0.0.3"}},
         "203.0.113.9"},
        {"all of it ours", "10.0.0.1", {{"X-Forwarded-For", "10.0.0.9, 10.0.0.2"}}, "10.0.0.9"},
        {"a port", "10.0.0.1", {{"X-Forwarded-For", "203.0.113.9:4711"}}, "203.0.113.9"},
        {"IPv6", "10.0.0.1", {{"X-Forwarded-For", "2001:db8::1"}}, "2001:db8::1"},
        {"IPv6 and a port", "10.0.0.1", {{"X-Forwarded-For", "[2001:db8::1]:1"}}, "2001:db8::1"},
        {"not an address", "10.0.0.1", {{"X-Forwarded-For", "203.0.113.9, x"}}, "10.0.0.1"},
        {"behind a proxy that names nobody",
         "10.0.0.1",
         {{"X-Forwarded-For", "203.0.113.9, unknown, 10.0.0.2"}},
         "10.0.0.2"},
        {"a quote is none",
         "10.0.0.1",
         {{"X-Forwarded-For", "\"x, 198.51.100.1, 203.0.113.9"}},
         "203.0.113.9"},
        {"an empty list", "10.0.0.1", {{"X-Forwarded-For", ""}}, "10.0.0.1"},
        {"the headers of other proxies",
         "10.0.0.1",
         {{"Forwarded", "for=203.0.113.9"}, {"X-Real-IP", "203.0.113.9"}},
         "10.0.0.1"},
    };
    for (const auto& [name, peer, headers, then] : cases) {
        SCOPED_TRACE(name);
        const auto client = client_of(asked(headers), *IpAddress::parse(peer), false, ours);
        EXPECT_EQ(client.address.text(), then);
        EXPECT_EQ(client.proxied, client.address.text() != peer);
    }
}

TEST(Client, IsWhomForwardedNames) {
    const Proxies ours = behind({"10.0.0.0/8"}, Proxies::Headers::forwarded);
    struct Case {
        const char* name;
        Headers headers;
        const char* then;
    };
    const Case cases[] = {
        {"an address", {{"Forwarded", "for=203.0.113.9"}}, "203.0.113.9"},
        {"in quotes, with a port",
         {{"Forwarded", "proto=https; For=\"[2001:db8::1]:4711\";by=10.0.0.1"}},
         "2001:db8::1"},
        {"appended to what the client wrote",
         {{"Forwarded", "for=198.51.100.1, for=203.0.113.9"}},
         "203.0.113.9"},
        {"a comma in quotes is no end",
         {{"Forwarded", "for=203.0.113.9;host=\"a, for=198.51.100.1\""}},
         "203.0.113.9"},
        {"a quote that the client did not close",
         {{"Forwarded", "for=198.51.100.1;host=\", for=203.0.113.9"}},
         "203.0.113.9"},
        {"nor where the proxy has quotes",
         {{"Forwarded", "for=198.51.100.1;host=\"a\\\", for=\"203.0.113.9\";proto=https"}},
         "203.0.113.9"},
        {"a word", {{"Forwarded", "for=_hidden"}}, "10.0.0.1"},
        {"the headers of other proxies", {{"X-Forwarded-For", "203.0.113.9"}}, "10.0.0.1"},
    };
    for (const auto& [name, headers, then] : cases) {
        SCOPED_TRACE(name);
        const auto client = client_of(asked(headers), *IpAddress::parse("10.0.0.1"), false, ours);
        EXPECT_EQ(client.address.text(), then);
    }
}

TEST(Client, HowTheyCallThisServer) {
    const Headers said{{"X-Forwarded-For", "203.0.113.9"},
                       {"X-Forwarded-Proto", "https"},
                       {"X-Forwarded-Host", "calls.example.com"}};
    const auto at = [](const char* peer, Headers headers, bool secure) {
        const auto client = client_of(asked(std::move(headers)), *IpAddress::parse(peer), secure,
                                      behind({"10.0.0.0/8"}));
        return (client.secure ? "https://" : "http://") + client.host;
    };
    EXPECT_EQ(at("10.0.0.1", said, false), "https://calls.example.com");
    EXPECT_EQ(at("192.0.2.7", said, false), "http://lifeline:8787") << "not trusted";
    EXPECT_EQ(at("192.0.2.7", {}, true), "https://lifeline:8787") << "our own TLS";
    EXPECT_EQ(at("10.0.0.1", {{"X-Forwarded-Proto", "https"}}, false), "https://lifeline:8787");
    EXPECT_EQ(at("10.0.0.1", {{"X-Forwarded-Proto", "http"}}, true), "http://lifeline:8787");
    EXPECT_EQ(at("10.0.0.1", {{"X-Forwarded-Proto", "gopher"}}, false), "http://lifeline:8787");
    for (const char* host : {"", "a/b", "a b", "user@a", "a?b", "a#b", "\"a\""})
        EXPECT_EQ(at("10.0.0.1", {{"X-Forwarded-Host", host}}, false), "http://lifeline:8787")
            << host;
}

TEST(Client, ARangeThatIsNoneIsNamed) {
    const std::vector<std::string> entries{"10.0.0.0/8", "localhost"};
    const auto parsed = parse_ranges(entries);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().detail, "\"localhost\" is no address and no range of them");
}

}  // namespace
}  // namespace lifeline::net
