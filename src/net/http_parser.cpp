#include "net/http_parser.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "net/beast_parser.h"

namespace lifeline::net {

namespace {

// A chunk's size line or a trailer of more bytes than this is no honest one.
constexpr std::size_t chunk_line_bytes_max = 4096;
// What chunking may add to a body before it is an attack on our patience rather than a body.
constexpr std::size_t chunk_overhead_bytes_max = 64 * 1024;

// Another program may take a lone CR or LF for the end of a line, or a NUL for the end of
// everything. What stands before `from` was judged before.
bool has_stray_control(std::string_view head, std::size_t from) {
    for (std::size_t i = from; i < head.size(); ++i) {
        const char c = head[i];
        if (c == '\r' && i + 1 < head.size() && head[i + 1] != '\n') return true;
        if (c == '\n' && (i == 0 || head[i - 1] != '\r')) return true;
        if (c == '\r' || c == '\n' || c == '\t') continue;
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
    }
    return false;
}

bool has_folded_line(std::string_view head) {
    return head.find("\r\n ") != std::string_view::npos ||
           head.find("\r\n\t") != std::string_view::npos;
}

std::size_t count_headers(const Headers& headers, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [name](const Header& header) { return equal_ignoring_case(header.name, name); }));
}

// Headers that decide something, and that two readers may each take another one of.
constexpr std::string_view single_headers[] = {
    "Host",          "Content-Length",    "Transfer-Encoding",     "Content-Type", "Origin",
    "Authorization", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Expect",
};

}  // namespace

struct RequestParser::Syntax : BeastParser<true> {};

RequestParser::RequestParser(const HttpLimits& limits)
    : limits_(limits), syntax_(std::make_unique<Syntax>()) {
    syntax_->eager(true);
    syntax_->header_limit(static_cast<std::uint32_t>(limits.head_bytes_max + 1));
    syntax_->body_limit(limits.body_bytes_max);
}

RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::feed(std::string_view bytes, std::size_t& consumed) {
    consumed = 0;
    if (state_ == State::in_head) {
        // An empty line before a request is left over from an old client's last one.
        while (head_.empty() && bytes.starts_with("\r\n")) {
            bytes.remove_prefix(2);
            consumed += 2;
        }
        if (head_.empty() && bytes == "\r") return state_;
        const std::size_t held = head_.size();
        head_.append(bytes.substr(0, limits_.head_bytes_max + 1 - held));
        const std::size_t end = head_.find("\r\n\r\n", held < 3 ? 0 : held - 3);
        if (end != std::string::npos) head_.resize(end + 4);
        consumed += head_.size() - held;
        bytes.remove_prefix(head_.size() - held);
        if (has_stray_control(head_, held == 0 ? 0 : held - 1)) {
            return refuse(400, http_reason::invalid, "a control character in the head");
        }
        const std::size_t line = head_.find("\r\n");
        if (std::min(line, head_.size()) > limits_.target_bytes_max + 32) {
            return refuse(414, http_reason::head_too_large, "the request target is too long");
        }
        if (end == std::string::npos) {
            if (head_.size() <= limits_.head_bytes_max) return state_;
            return refuse(431, http_reason::head_too_large, "the request head is too large");
        }
        if (read_head() != State::in_body) return state_;
    }
    if (state_ == State::in_body) {
        std::size_t used = 0;
        read_body(bytes, used);
        consumed += used;
    }
    return state_;
}

RequestParser::State RequestParser::read_head() {
    if (has_folded_line(head_)) {
        return refuse(400, http_reason::invalid, "a folded header line");
    }
    BeastError error;
    const std::size_t used = syntax_->put(boost::asio::buffer(head_), error);
    if (error == http::error::bad_version) {
        return refuse(505, http_reason::invalid, "this server speaks HTTP/1.1");
    }
    if (error == http::error::body_limit) {
        return refuse(413, http_reason::body_too_large, "the request body is too large");
    }
    if ((error && error != http::error::need_more) || !syntax_->head_done || used != head_.size()) {
        return refuse(400, http_reason::invalid, "the request head breaks the syntax of HTTP");
    }
    return judge_head();
}

RequestParser::State RequestParser::judge_head() {
    const Headers& headers = syntax_->headers;
    if (headers.size() > limits_.headers_max) {
        return refuse(431, http_reason::head_too_large, "too many headers");
    }
    for (const std::string_view name : single_headers) {
        if (count_headers(headers, name) > 1) {
            return refuse(400, http_reason::invalid, "a header that may stand once stands twice");
        }
    }
    const std::string* host = find_header(headers, "Host");
    if (host == nullptr ? is_http11() : host->empty()) {
        return refuse(400, http_reason::invalid, "the Host header is missing or empty");
    }
    const std::string* length = find_header(headers, "Content-Length");
    const std::string* coding = find_header(headers, "Transfer-Encoding");
    if (length && !std::ranges::all_of(*length, [](char c) { return c >= '0' && c <= '9'; })) {
        return refuse(400, http_reason::invalid, "Content-Length is not a number");
    }
    if (coding && (length || !is_http11() || !equal_ignoring_case(*coding, "chunked"))) {
        return refuse(400, http_reason::invalid, "a Transfer-Encoding that is not just chunked");
    }
    const bool has_body = coding || (length && *length != "0");
    if (find_header(headers, "Upgrade") && (has_body || !is_http11())) {
        return refuse(400, http_reason::invalid, "an upgrade with a body, or from HTTP/1.0");
    }
    const std::string* expect = find_header(headers, "Expect");
    if (expect && !equal_ignoring_case(*expect, "100-continue")) {
        return refuse(417, http_reason::invalid, "an Expect other than 100-continue");
    }
    if (syntax_->target.size() > limits_.target_bytes_max) {
        return refuse(414, http_reason::head_too_large, "the request target is too long");
    }
    expects_continue_ = expect != nullptr && is_http11();
    keep_alive_ = is_http11() && !header_has_token(headers, "Connection", "close");
    auto target = parse_target(syntax_->target);
    if (!target) return refuse(400, http_reason::invalid, "the request target is not /path?query");
    request_.method = std::move(syntax_->method);
    request_.target = std::move(*target);
    head_ = {};
    return state_ = syntax_->is_done() ? State::complete : State::in_body;
}

RequestParser::State RequestParser::read_body(std::string_view bytes, std::size_t& consumed) {
    if (bytes.empty() || (syntax_->chunked() && bytes.size() < chunked_end_bytes)) return state_;
    BeastError error;
    consumed = syntax_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    body_wire_bytes_ += consumed;
    if (error == http::error::body_limit || syntax_->body.size() > limits_.body_bytes_max ||
        body_wire_bytes_ > 2 * limits_.body_bytes_max + chunk_overhead_bytes_max) {
        return refuse(413, http_reason::body_too_large, "the request body is too large");
    }
    if (error && error != http::error::need_more) {
        return refuse(400, http_reason::invalid, "the chunked body breaks the syntax of HTTP");
    }
    if (syntax_->has_extension) {
        return refuse(400, http_reason::invalid, "a chunk extension");
    }
    if (bytes.size() - consumed > chunk_line_bytes_max && !syntax_->is_done()) {
        return refuse(400, http_reason::invalid, "a chunk line or trailer that does not end");
    }
    if (syntax_->is_done()) state_ = State::complete;
    return state_;
}

RequestParser::State RequestParser::refuse(unsigned status, std::string_view reason,
                                           std::string_view detail) {
    refusal_ = {status, reason, detail, {}, {}};
    return state_ = State::refused;
}

std::string RequestParser::origin() const {
    if (const auto* known = find_header(syntax_->headers, "Origin")) return *known;
    // The syntax was broken, or the head never came to its end. Only whole lines count.
    std::string_view rest = head_;
    for (std::size_t end; (end = rest.find("\r\n")) != std::string_view::npos;) {
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos ||
            !equal_ignoring_case(line.substr(0, colon), "Origin"))
            continue;
        std::string_view value = line.substr(colon + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        return std::string(value);
    }
    return {};
}

bool RequestParser::is_http11() const {
    return syntax_->version == 11;
}

Request RequestParser::take() {
    CHECK(state_ == State::complete);
    request_.headers = std::move(syntax_->headers);
    request_.body = std::move(syntax_->body);
    return std::move(request_);
}

}  // namespace lifeline::net
