#include "net/http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace lifeline::net {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using State = RequestParser::State;

constexpr HttpLimits limits{
    .head_bytes_max = 2000, .target_bytes_max = 500, .headers_max = 10, .body_bytes_max = 100};

struct Parsed {
    State state = State::in_head;
    unsigned status = 0;
    std::string reason;
    std::string method;
    std::string path;
    std::string body;
    std::string rest;
    std::string detail;
};

// As a connection would: what is not consumed comes again, together with what follows.
template <class NextSize>
Parsed parse(const std::string& bytes, NextSize next_size) {
    RequestParser parser(limits);
    std::string held;
    State state = State::in_head;
    std::size_t at = 0;
    while (at < bytes.size() && (state == State::in_head || state == State::in_body)) {
        const std::size_t size = std::min<std::size_t>(next_size(), bytes.size() - at);
        held += bytes.substr(at, size);
        at += size;
        std::size_t consumed = 0;
        state = parser.feed(held, consumed);
        held.erase(0, consumed);
    }
    Parsed parsed;
    parsed.state = state;
    parsed.rest = held + bytes.substr(at);
    if (state == State::refused) {
        parsed.status = parser.refusal().status;
        parsed.reason = parser.refusal().reason;
        parsed.detail = parser.refusal().detail;
    }
    if (state == State::complete) {
        Request request = parser.take();
        parsed.method = request.method;
        parsed.path = request.path();
        parsed.body = request.body;
    }
    return parsed;
}

Parsed parse_whole(const std::string& bytes) {
    return parse(bytes, [&] { return bytes.size(); });
}

std::string get(std::string_view headers) {
    return "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n";
}
std::string post(std::string_view headers, std::string_view body) {
    return "POST /p HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

// What is refused, with which status. The first column says what an attacker hopes for.
struct Refused {
    const char* name;
    std::string bytes;
    unsigned status;
};

std::vector<Refused> refused() {
    return {
        {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
        {"two lengths that agree", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
         400},
        {"a list of lengths", post("Content-Length: 5, 5\r\n", "hello"), 400},
        {"a length with a sign", post("Content-Length: +5\r\n", "hello"), 400},
        {"a negative length", post("Content-Length: -1\r\n", ""), 400},
        {"a length in hexadecimal", post("Content-Length: 0x5\r\n", "hello"), 400},
        {"a length with a space in it", post("Content-Length: 1 0\r\n", "hello"), 400},
        {"an empty length", post("Content-Length: \r\n", "hello"), 400},
        {"a length beyond all numbers", post("Content-Length: 99999999999999999999999\r\n", ""),
         400},
        {"a length and a coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", ""),
         400},
        {"a coding and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", ""),
         400},
        {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
         400},
        {"identity", post("Transfer-Encoding: identity\r\n", ""), 400},
        {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", ""), 400},
        {"chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", ""), 400},
        {"xchunked", post("Transfer-Encoding: xchunked\r\n", ""), 400},
        {"a quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", ""), 400},
        {"a coding behind a vertical tab", post("Transfer-Encoding: \vchunked\r\n", ""), 400},
        {"a space before the colon", post("Content-Length : 5\r\n", "hello"), 400},
        {"a space before the name", post(" Content-Length: 5\r\n", "hello"), 400},
        {"a folded line", get("X-A: b\r\n c\r\n"), 400},
        {"a line folded by a tab", get("X-A: b\r\n\tTransfer-Encoding: chunked\r\n"), 400},
        {"a bare line feed between headers", "GET / HTTP/1.1\nHost: x\n\n", 400},
        {"a bare line feed inside a value", get("X-A: b\nX-B: c\r\n"), 400},
        {"a bare carriage return", get("X-A: b\rX-B: c\r\n"), 400},
        {"a NUL in a value", get(std::string("X-A: b\0c\r\n", 10)), 400},
        {"a NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 28), 400},
        {"a bell", get("X-A: \a\r\n"), 400},
        {"a header without a colon", get("X-A\r\n"), 400},
        {"a header without a name", get(": x\r\n"), 400},
        {"a name with a space", get("X A: b\r\n"), 400},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", 400},
        {"an empty Host from HTTP/1.0", "GET / HTTP/1.0\r\nHost:\r\n\r\n", 400},
        {"two Hosts", get("Host: y\r\n"), 400},
        {"two Authorizations", get("Authorization: a\r\nAuthorization: b\r\n"), 400},
        {"two Origins", get("Origin: https://a.example\r\nOrigin: https://b.example\r\n"), 400},
        {"a target that is a URL", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a walk upwards", "GET /a/../../etc HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"an encoded walk upwards", "GET /a/%2e%2e/etc HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a method that is no word", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"HTTP/0.9", "GET /\r\n\r\n", 400},
        {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
        {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"http/1.1", "GET / http/1.1\r\nHost: x\r\n\r\n", 505},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11), 400},
        {"an upgrade with a body", post("Upgrade: websocket\r\nContent-Length: 3\r\n", "abc"), 400},
        {"an upgrade with chunks", post("Upgrade: x\r\nTransfer-Encoding: chunked\r\n", ""), 400},
        {"an upgrade from HTTP/1.0", "GET / HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", 400},
        {"an unknown expectation", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "a"), 417},
        {"a chunked HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"a long target", "GET /" + std::string(501, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        {"a request line without an end", "GET /" + std::string(1000, 'a'), 414},
        {"a long head", get("X-A: " + std::string(2000, 'a') + "\r\n"), 431},
        {"a head without an end", "GET / HTTP/1.1\r\nX-A: " + std::string(3000, 'a'), 431},
        {"many headers",
         get("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\nH: 1\r\nI: "
             "1\r\nJ: 1\r\n"),
         431},
        {"a body too large by its length", post("Content-Length: 101\r\n", ""), 413},
        {"a chunk too large by its size", post("Transfer-Encoding: chunked\r\n", "65\r\naaa"), 413},
        {"chunks too large together",
         post("Transfer-Encoding: chunked\r\n",
              "32\r\n" + std::string(50, 'a') + "\r\n33\r\n" + std::string(51, 'a') + "\r\n"),
         413},
        {"a chunk extension", post("Transfer-Encoding: chunked\r\n", "1;a=b\r\nx\r\n0\r\n\r\n"),
         400},
        {"a chunk size that is none", post("Transfer-Encoding: chunked\r\n", "x\r\nhello"), 400},
        {"a chunk size with a sign", post("Transfer-Encoding: chunked\r\n", "+1\r\nx\r\n"), 400},
        {"a chunk size with 0x", post("Transfer-Encoding: chunked\r\n", "0x1\r\nx\r\n0\r\n\r\n"),
         400},
        {"a negative chunk size", post("Transfer-Encoding: chunked\r\n", "-1\r\nx\r\n"), 400},
        {"a chunk size that overflows",
         post("Transfer-Encoding: chunked\r\n", "10000000000000001\r\nx\r\n"), 400},
        {"a chunk without its line end",
         post("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n0\r\n\r\n"), 400},
        {"a chunk line without an end",
         post("Transfer-Encoding: chunked\r\n", std::string(5000, '0')), 400},
        {"a trailer without an end",
         post("Transfer-Encoding: chunked\r\n", "0\r\nX: " + std::string(5000, 'a')), 400},
    };
}

TEST(RequestParser, WhatIsRefusedAndHow) {
    for (const auto& [name, bytes, status] : refused()) {
        SCOPED_TRACE(name);
        const Parsed whole = parse_whole(bytes);
        EXPECT_EQ(whole.state, State::refused);
        EXPECT_EQ(whole.status, status) << whole.detail;
        EXPECT_FALSE(whole.reason.empty());
        const Parsed bytewise = parse(bytes, [] { return 1u; });
        EXPECT_EQ(bytewise.state, State::refused);
        EXPECT_EQ(bytewise.status, status) << bytewise.detail;
    }
}

TEST(RequestParser, WhatIsTaken) {
    struct Case {
        const char* name;
        std::string bytes;
        std::string method;
        std::string path;
        std::string body;
        std::string rest = {};
    };
    const Case cases[] = {
        {"a plain one", get(""), "GET", "/", ""},
        {"a body", post("Content-Length: 5\r\n", "hello"), "POST", "/p", "hello"},
        {"an empty body", post("Content-Length: 0\r\n", ""), "POST", "/p", ""},
        {"leading zeros in the length", post("Content-Length: 005\r\n", "hello"), "POST", "/p",
         "hello"},
        {"as large as is allowed", post("Content-Length: 100\r\n", std::string(100, 'b')), "POST",
         "/p", std::string(100, 'b')},
        {"chunks", post("Transfer-Encoding: Chunked\r\n", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
         "POST", "/p", "hello"},
        {"chunks with a trailer",
         post("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\nAuthorization: evil\r\n\r\n"),
         "POST", "/p", "x"},
        {"no chunks", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), "POST", "/p", ""},
        {"what follows is left alone", get("") + "GET /2 HTTP/1.1\r\n", "GET", "/", "",
         "GET /2 HTTP/1.1\r\n"},
        {"what follows a body", post("Content-Length: 2\r\n", "okGET"), "POST", "/p", "ok", "GET"},
        {"what follows chunks", post("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\nGET /"),
         "POST", "/p", "x", "GET /"},
        {"what follows an upgrade",
         get("Connection: Upgrade\r\nUpgrade: websocket\r\n") + "\x81\x80", "GET", "/", "",
         "\x81\x80"},
        {"an empty line before it", "\r\n" + get(""), "GET", "/", ""},
        {"HTTP/1.0 without a Host", "GET /old HTTP/1.0\r\n\r\n", "GET", "/old", ""},
        {"a method of its own", "PURGE / HTTP/1.1\r\nHost: x\r\n\r\n", "PURGE", "/", ""},
        {"tabs around a value", get("X-A:\t b \t\r\n"), "GET", "/", ""},
        {"bytes beyond ASCII in a value", get("X-A: caf\xC3\xA9\r\n"), "GET", "/", ""},
    };
    SeededRandom chance(3);
    for (const auto& [name, bytes, method, path, body, rest] : cases) {
        SCOPED_TRACE(name);
        for (int round = 0; round < 8; ++round) {
            const Parsed parsed = round == 0   ? parse_whole(bytes)
                                  : round == 1 ? parse(bytes, [] { return 1u; })
                                               : parse(bytes, [&] { return 1 + chance.below(20); });
            ASSERT_EQ(parsed.state, State::complete) << parsed.detail;
            EXPECT_EQ(parsed.method, method);
            EXPECT_EQ(parsed.path, path);
            EXPECT_EQ(parsed.body, body);
            EXPECT_EQ(parsed.rest, rest);
        }
    }
}

TEST(RequestParser, ATrailerIsNoHeader) {
    RequestParser parser(limits);
    std::size_t consumed = 0;
    ASSERT_EQ(parser.feed(post("Transfer-Encoding: chunked\r\n",
                               "1\r\nx\r\n0\r\nAuthorization: evil\r\nX-Late: 1\r\n\r\n"),
                          consumed),
              State::complete);
    const Request request = parser.take();
    EXPECT_THAT(request.headers, SizeIs(2));
    EXPECT_EQ(request.header("Authorization"), nullptr);
    EXPECT_EQ(*request.header("transfer-encoding"), "chunked");
}

TEST(RequestParser, WhetherAnotherRequestMayFollow) {
    struct Case {
        const char* name;
        std::string bytes;
        bool keep;
    };
    const Case cases[] = {
        {"by default", get(""), true},
        {"close", get("Connection: close\r\n"), false},
        {"close in a list", get("Connection: keep-alive, Close\r\n"), false},
        {"close on a second line", get("Connection: keep-alive\r\nConnection: close\r\n"), false},
        {"HTTP/1.0, whatever it says", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false},
    };
    for (const auto& [name, bytes, keep] : cases) {
        SCOPED_TRACE(name);
        RequestParser parser(limits);
        std::size_t consumed = 0;
        ASSERT_EQ(parser.feed(bytes, consumed), State::complete);
        EXPECT_EQ(parser.keep_alive(), keep);
    }
}

}  // namespace
}  // namespace lifeline::net
