#include "api/page_policy.h"

#include <gtest/gtest.h>

namespace lifeline::api {

TEST(PagePolicy, ConnectsToThisServerOnly) {
    struct Case {
        const char* name;
        const char* host;
        const char* public_url;
        const char* then;
    };
    const Case cases[] = {
        {"by its host", "localhost:8787", "", "'self' ws://localhost:8787 wss://localhost:8787;"},
        {"behind a proxy that keeps the Host", "calls.example", "https://calls.example/",
         "'self' ws://calls.example wss://calls.example;"},
        {"behind one that does not", "10.0.0.7:8787", "https://calls.example",
         "'self' ws://10.0.0.7:8787 wss://10.0.0.7:8787 ws://calls.example wss://calls.example;"},
        {"a Host that would say more", "a; script-src *", "", "'self';"},
        {"two hosts in one", "a b", "", "'self';"},
        {"no Host", "", "", "'self';"},
        {"an address that no policy can name", "[::1]:8787", "", "'self';"},
    };
    for (const auto& [name, host, public_url, then] : cases) {
        SCOPED_TRACE(name);
        const std::string policy = page_policy(host, public_url);
        EXPECT_NE(policy.find(std::string("connect-src ") + then), std::string::npos) << policy;
        EXPECT_EQ(policy.find("script-src *"), std::string::npos);
    }
}

}  // namespace lifeline::api
