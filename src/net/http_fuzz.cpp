// Whatever comes over HTTP: no crash; a request reads the same wherever it is cut, and what was
// accepted, written down in the plainest way, reads as the same request again: there is no second
// way to understand it. The same bytes also go to the parser of answers.
//
// The first byte says how the rest is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/http_parser.h"
#include "net/http_response_parser.h"

namespace lifeline::net {
namespace {

using State = RequestParser::State;

constexpr HttpLimits limits{
    .head_bytes_max = 1000, .target_bytes_max = 200, .headers_max = 16, .body_bytes_max = 300};

struct Read {
    State state = State::in_head;
    std::optional<Request> request;
    std::size_t used = 0;
};

Read read(std::string_view bytes, std::size_t piece) {
    RequestParser parser(limits);
    Read out;
    std::string held;
    std::size_t at = 0;
    while (at < bytes.size() && (out.state == State::in_head || out.state == State::in_body)) {
        held += bytes.substr(at, piece);
        at = std::min(bytes.size(), at + piece);
        std::size_t consumed = 0;
        out.state = parser.feed(held, consumed);
        CHECK(consumed <= held.size());
        held.erase(0, consumed);
        out.used += consumed;
    }
    if (out.state == State::complete) {
        out.request = parser.take();
        CHECK(out.request->body.size() <= limits.body_bytes_max);
        CHECK(out.request->headers.size() <= limits.headers_max);
    }
    if (out.state == State::refused) CHECK(parser.refusal().status >= 400);
    return out;
}

bool frames_the_body(const Header& header) {
    return equal_ignoring_case(header.name, "Content-Length") ||
           equal_ignoring_case(header.name, "Transfer-Encoding");
}

std::string write(const Request& request, std::string_view target) {
    std::string out = request.method + " " + std::string(target) + " HTTP/1.1\r\n";
    bool has_host = false;
    for (const Header& header : request.headers) {
        has_host = has_host || equal_ignoring_case(header.name, "Host");
        if (!frames_the_body(header)) append_header_line(out, header.name, header.value);
    }
    if (!has_host) append_header_line(out, "Host", "x");  // HTTP/1.0 may do without.
    if (!request.body.empty()) {
        append_header_line(out, "Content-Length", std::to_string(request.body.size()));
    }
    return out + "\r\n" + request.body;
}

void check_one_meaning(const Request& request) {
    // The query is written by hand: the parsed one has lost how it was spelt.
    std::string target = request.target.path;
    char mark = '?';
    for (const auto& [name, value] : request.target.query) {
        target += mark + percent_encode(name) + "=" + percent_encode(value);
        mark = '&';
    }
    const std::string plain = write(request, target);
    if (plain.size() - request.body.size() > limits.head_bytes_max ||
        request.method.size() + target.size() > limits.target_bytes_max) {
        return;  // Longer than it was, since it is spelt out.
    }
    const Read again = read(plain, plain.size());
    if (request.headers.size() + 2 > limits.headers_max) return;
    CHECK(again.state == State::complete);
    CHECK(again.used == plain.size());
    CHECK(again.request->method == request.method);
    CHECK(again.request->target.segments == request.target.segments);
    CHECK(again.request->target.query == request.target.query);
    CHECK(again.request->body == request.body);
}

ResponseParser::State read_answer(std::string_view bytes, std::size_t piece, std::string& body) {
    ResponseParser parser({.head_bytes_max = 1000, .body_bytes_max = 300},
                          ResponseParser::Body::expected);
    auto state = ResponseParser::State::need_more;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        state = parser.feed(bytes.substr(at, piece));
    }
    state = parser.finish();
    if (state == ResponseParser::State::complete) body = parser.take().body;
    return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::size_t piece = 1 + data[0] % 23;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

    std::string body;
    std::string body_in_pieces;
    const auto answer = read_answer(bytes, bytes.size() + 1, body);
    const auto answer_in_pieces = read_answer(bytes, piece, body_in_pieces);
    CHECK((answer == ResponseParser::State::complete) ==
          (answer_in_pieces == ResponseParser::State::complete));
    CHECK(body == body_in_pieces);

    while (!bytes.empty()) {
        const Read whole = read(bytes, bytes.size());
        const Read cut = read(bytes, piece);
        // A fault may be seen a few bytes later in pieces, but never for something else.
        CHECK((whole.state == State::complete) == (cut.state == State::complete));
        if (whole.state != State::complete) break;
        CHECK(whole.used == cut.used);
        CHECK(whole.request->body == cut.request->body);
        CHECK(whole.request->target.path == cut.request->target.path);
        check_one_meaning(*whole.request);
        bytes.remove_prefix(whole.used);
    }
    return 0;
}

}  // namespace lifeline::net
