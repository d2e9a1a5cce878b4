#include "gateway/upgrade_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline::gateway {

namespace {

net::Request request(std::vector<net::Header> changed, const std::string& target = "/ws") {
    net::Request request;
    request.method = "GET";
    request.target = *net::parse_target(target);
    request.headers = {{"Connection", "Upgrade"},
                       {"Upgrade", "websocket"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Protocol", "lifeline.v1, auth.secret"}};
    for (auto& header : changed) {
        std::erase_if(request.headers, [&](const net::Header& known) {
            return net::equal_ignoring_case(known.name, header.name);
        });
        if (!header.value.empty()) request.headers.push_back(header);
    }
    return request;
}

std::string outcome(const net::Request& asked) {
    const auto read = read_upgrade(asked, "sess_1");
    if (!read) return read.error().reason;
    return read->token + (read->resume_token.empty() ? "" : "+" + read->resume_token) +
           (read->after_acked ? "@acked" : "") +
           (read->after ? "@" + std::to_string(*read->after) : "") +
           (read->browser ? " browser" : "");
}

}  // namespace

TEST(UpgradeRequest, WhatIsAsked) {
    struct Case {
        const char* name;
        net::Request given;
        const char* then;
    };
    const Case cases[] = {
        {"a token in the protocols", request({}), "secret"},
        {"a token in the header",
         request({{"Sec-WebSocket-Protocol", "lifeline.v1"}, {"Authorization", "Bearer other"}}),
         "other"},
        {"both is too much", request({{"Authorization", "Bearer other"}}), "request_invalid"},
        {"two in the protocols",
         request({{"Sec-WebSocket-Protocol", "lifeline.v1, auth.a, auth.b"}}), "request_invalid"},
        {"nobody", request({{"Sec-WebSocket-Protocol", "lifeline.v1"}}), ""},
        {"a browser", request({{"Origin", "https://app.example"}}), "secret browser"},
        {"a cursor", request({}, "/ws?after=7&epoch=e"), "secret@7"},
        {"from the beginning", request({}, "/ws?after=0"), "secret@0"},
        {"from what was acknowledged", request({}, "/ws?after=acked"), "secret@acked"},
        {"a line that goes on",
         request({{"Sec-WebSocket-Protocol", "lifeline.v1, auth.secret, resume.llr_x.y"}}),
         "secret+llr_x.y"},
        {"two lines",
         request({{"Sec-WebSocket-Protocol", "lifeline.v1, auth.a, resume.a, resume.b"}}),
         "request_invalid"},
        {"a cursor that is none", request({}, "/ws?after=-1"), "cursor_invalid"},
        {"a token in the URL", request({}, "/ws?token=secret"), "token_in_url"},
        {"another protocol", request({{"Sec-WebSocket-Protocol", "mqtt, auth.a"}}),
         "request_invalid"},
        {"no protocol", request({{"Sec-WebSocket-Protocol", ""}}), "request_invalid"},
        {"an old version", request({{"Sec-WebSocket-Version", "8"}}), "upgrade_required"},
        {"no upgrade", request({{"Upgrade", ""}}), "upgrade_required"},
        {"a short key", request({{"Sec-WebSocket-Key", "short"}}), "request_invalid"},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(outcome(given), then);
    }
}

}  // namespace lifeline::gateway
