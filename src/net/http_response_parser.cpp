#include "net/http_response_parser.h"

#include <utility>

#include "base/check.h"
#include "net/beast_parser.h"

namespace lifeline::net {

struct ResponseParser::Syntax : BeastParser<false> {};

ResponseParser::ResponseParser(Limits limits, Body body)
    : head_bytes_max_(limits.head_bytes_max),
      body_bytes_max_(limits.body_bytes_max),
      skip_body_(body == Body::none) {
    restart();
}

ResponseParser::~ResponseParser() = default;

// A head may be cut anywhere, and Beast wants to see it from its start each time; a body it takes
// as it comes.
ResponseParser::State ResponseParser::feed(std::string_view bytes) {
    if (state_ != State::need_more) return state_;
    pending_.append(bytes);
    std::string_view rest = pending_;
    BeastError error;
    while (!rest.empty() && !syntax_->is_done() && !error) {
        const bool in_chunks = syntax_->head_done && syntax_->chunked();
        if (in_chunks && rest.size() < chunked_end_bytes) break;
        rest.remove_prefix(syntax_->put(boost::asio::buffer(rest.data(), rest.size()), error));
        const bool interim = syntax_->head_done && syntax_->status / 100 == 1;
        if (interim && syntax_->is_done()) restart();
    }
    if (error == http::error::body_limit || error == http::error::header_limit ||
        syntax_->body.size() > body_bytes_max_ || rest.size() > head_bytes_max_) {
        return state_ = State::too_large;
    }
    if (error && error != http::error::need_more) return state_ = State::malformed;
    if (syntax_->is_done()) return state_ = State::complete;
    pending_.erase(0, pending_.size() - rest.size());
    return state_;
}

ResponseParser::State ResponseParser::finish() {
    if (state_ != State::need_more) return state_;
    BeastError error;
    if (syntax_->got_some()) syntax_->put_eof(error);
    return state_ = !error && syntax_->is_done() ? State::complete : State::malformed;
}

// 100 Continue and its like come before the answer and are not it.
void ResponseParser::restart() {
    syntax_ = std::make_unique<Syntax>();
    syntax_->eager(true);
    syntax_->skip(skip_body_);
    syntax_->header_limit(static_cast<std::uint32_t>(head_bytes_max_));
    syntax_->body_limit(body_bytes_max_);
}

bool ResponseParser::has_head() const {
    return syntax_->head_done && syntax_->status / 100 != 1;
}

Response ResponseParser::head() const {
    return {syntax_->status, syntax_->headers, {}};
}

std::string ResponseParser::take_piece() {
    return std::exchange(syntax_->body, {});
}

Response ResponseParser::take() {
    CHECK(state_ == State::complete);
    return {syntax_->status, std::move(syntax_->headers), std::move(syntax_->body)};
}

}  // namespace lifeline::net
