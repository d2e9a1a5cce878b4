#include "identity/development.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline::identity {

namespace {
using net::Headers;

const Headers page = {{"Host", "localhost:8080"},
                      {"Origin", "http://localhost:8080"},
                      {"Sec-Fetch-Site", "same-origin"}};

Headers page_with(std::string name, std::string value) {
    Headers headers = page;
    headers.push_back({std::move(name), std::move(value)});
    return headers;
}
}  // namespace

TEST(Development, MintsOnlyForAPageOnThisMachine) {
    struct Case {
        const char* name;
        bool loopback;
        std::uint16_t port;
        Headers headers;
        bool may;
    };
    const Case cases[] = {
        {"the page", true, 8080, page, true},
        {"the page at 127.0.0.1",
         true,
         8080,
         {{"host", "127.0.0.1:8080"}, {"sec-fetch-site", "same-origin"}},
         true},
        {"the page over IPv6",
         true,
         8080,
         {{"Host", "[::1]:8080"}, {"Origin", "http://[::1]:8080"}},
         true},
        {"upper case", true, 8080, {{"HOST", "LocalHost:8080"}, {"Sec-Fetch-Site", "none"}}, true},
        {"port 80", true, 80, {{"Host", "localhost"}, {"Origin", "http://localhost"}}, true},
        {"an old browser, with Origin only",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}},
         true},

        {"another machine", false, 8080, page, false},
        {"no headers", true, 8080, {}, false},
        {"no Host", true, 8080, {{"Sec-Fetch-Site", "same-origin"}}, false},
        {"two Hosts", true, 8080, page_with("Host", "localhost:8080"), false},
        {"neither Origin nor Sec-Fetch-Site", true, 8080, {{"Host", "localhost:8080"}}, false},
        {"a tunnel's Host",
         true,
         8080,
         {{"Host", "quiet-frog.trycloudflare.com"}, {"Sec-Fetch-Site", "same-origin"}},
         false},
        {"a rebound name",
         true,
         8080,
         {{"Host", "evil.example:8080"}, {"Origin", "http://evil.example:8080"}},
         false},
        {"another port",
         true,
         8080,
         {{"Host", "localhost:9090"}, {"Sec-Fetch-Site", "none"}},
         false},
        {"no port", true, 8080, {{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}, false},
        {"a name that begins like ours",
         true,
         8080,
         {{"Host", "localhost.evil.example:8080"}, {"Sec-Fetch-Site", "none"}},
         false},
        {"userinfo",
         true,
         8080,
         {{"Host", "localhost:8080@evil"}, {"Sec-Fetch-Site", "none"}},
         false},
        {"a trailing dot",
         true,
         8080,
         {{"Host", "localhost.:8080"}, {"Sec-Fetch-Site", "none"}},
         false},
        {"a short loopback address",
         true,
         8080,
         {{"Host", "127.1:8080"}, {"Sec-Fetch-Site", "none"}},
         false},
        {"an empty Host", true, 8080, {{"Host", ""}, {"Sec-Fetch-Site", "none"}}, false},
        {"a foreign page",
         true,
         8080,
         {{"Host", "localhost:8080"},
          {"Origin", "https://evil.example"},
          {"Sec-Fetch-Site", "cross-site"}},
         false},
        {"a foreign page that keeps its Origin to itself",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "cross-site"}},
         false},
        {"another port of this machine",
         true,
         8080,
         {{"Host", "localhost:8080"},
          {"Origin", "http://localhost:5173"},
          {"Sec-Fetch-Site", "same-site"}},
         false},
        {"a sandboxed page",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}},
         false},
        {"https Origin",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Origin", "https://localhost:8080"}},
         false},
        {"Origin by another loopback name",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Origin", "http://127.0.0.1:8080"}},
         false},
        {"two Origins", true, 8080, page_with("Origin", "http://localhost:8080"), false},
        {"two Sec-Fetch-Sites", true, 8080, page_with("Sec-Fetch-Site", "same-origin"), false},
        {"an unknown Sec-Fetch-Site",
         true,
         8080,
         {{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "same-origin, none"}},
         false},
    };
    for (const auto& [name, loopback, port, headers, may] : cases) {
        SCOPED_TRACE(name);
        const auto reason =
            why_not_mint({.peer_is_loopback = loopback, .listen_port = port, .headers = headers});
        EXPECT_EQ(!reason.has_value(), may) << reason.value_or("");
    }
}

TEST(Development, WhatWasForwardedGetsNothing) {
    for (const char* name :
         {"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-host", "X-Forwarded",
          "X-Real-IP", "x-real-ip", "Via", "CF-Connecting-IP", "CF-Ray", "cf-visitor", "CDN-Loop",
          "Tailscale-User-Login", "tailscale-headers-info", "True-Client-IP", "X-Client-IP",
          "Fastly-Client-IP", "X-Original-Host", "X-Envoy-External-Address"}) {
        SCOPED_TRACE(name);
        const Headers headers = page_with(name, "");
        EXPECT_EQ(why_not_mint({.peer_is_loopback = true, .listen_port = 8080, .headers = headers}),
                  "the request was forwarded");
    }
}

}  // namespace lifeline::identity
