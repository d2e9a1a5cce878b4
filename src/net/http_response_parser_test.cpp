#include "net/http_response_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::net {
namespace {

using Answer = ResponseParser::State;

Answer answer(const std::string& bytes, std::size_t step, Response& response,
              ResponseParser::Body body = ResponseParser::Body::expected) {
    ResponseParser parser({.head_bytes_max = 300, .body_bytes_max = 50}, body);
    Answer state = Answer::need_more;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        state = parser.feed(std::string_view(bytes).substr(at, step));
    }
    if (state == Answer::need_more) state = parser.finish();
    if (state == Answer::complete) response = parser.take();
    return state;
}

TEST(ResponseParser, Answers) {
    using Body = ResponseParser::Body;
    struct Case {
        const char* name;
        std::string bytes;
        Answer state;
        unsigned status = 0;
        std::string body = {};
        Body kind = Body::expected;
    };
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const Case cases[] = {
        {"a length", ok + "Content-Length: 2\r\n\r\nhi", Answer::complete, 200, "hi"},
        {"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
         Answer::complete, 200, "hi"},
        {"no chunks", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Answer::complete, 200,
         ""},
        {"until the end", ok + "\r\nall of it", Answer::complete, 200, "all of it"},
        {"nothing to come", "HTTP/1.1 204 No Content\r\n\r\n", Answer::complete, 204},
        {"to a HEAD", ok + "Content-Length: 2\r\n\r\n", Answer::complete, 200, "", Body::none},
        {"after a 100", "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nhi",
         Answer::complete, 200, "hi"},
        {"cut in the head", "HTTP/1.1 200 OK\r\nContent-", Answer::malformed},
        {"cut in the body", ok + "Content-Length: 5\r\n\r\nhi", Answer::malformed},
        {"cut in a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhi", Answer::malformed},
        {"nothing at all", "", Answer::malformed},
        {"something else", "SSH-2.0-OpenSSH_9.2\r\n", Answer::malformed},
        {"a length too large", ok + "Content-Length: 51\r\n\r\n", Answer::too_large},
        {"chunks too large", ok + "Transfer-Encoding: chunked\r\n\r\n33\r\naaa", Answer::too_large},
        {"too much until the end", ok + "\r\n" + std::string(51, 'a'), Answer::too_large},
        {"a head too large", ok + "X: " + std::string(400, 'a'), Answer::too_large},
    };
    for (const auto& [name, bytes, state, status, body, kind] : cases) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size() + 1}) {
            SCOPED_TRACE(std::string(name) + " by " + std::to_string(step));
            Response response;
            ASSERT_EQ(answer(bytes, step, response, kind), state);
            if (state != Answer::complete) continue;
            EXPECT_EQ(response.status, status);
            EXPECT_EQ(response.body, body);
        }
    }
}

}  // namespace
}  // namespace lifeline::net
