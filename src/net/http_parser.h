#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/http_server.h"

namespace lifeline::net {

// HTTP/1.1 messages out of bytes, without I/O. Boost.Beast reads the syntax; in front of it stands
// what it tolerates and we do not, because another program along the way may read it differently:
// bare line feeds, folded lines, two lengths, a length beside a transfer coding, chunk extensions,
// a second Host. Trailers are read and dropped.
class RequestParser {
public:
    explicit RequestParser(const HttpLimits& limits);
    ~RequestParser();

    enum class State : std::uint8_t { in_head, in_body, complete, refused };

    // Consumes from the front of `bytes` and says how many; a request that follows is left alone.
    State feed(std::string_view bytes, std::size_t& consumed);

    // From in_body on: whether the client waits for a go-ahead before it sends the body.
    bool expects_continue() const { return expects_continue_; }
    // Once complete.
    Request take();
    bool is_http11() const;
    // Whether another request may follow on this connection.
    bool keep_alive() const { return keep_alive_; }
    // The Origin of what was read so far, whether it is well-formed or not; empty where there is
    // none: a page may be told why it was refused.
    std::string origin() const;
    // Once refused: status, reason and detail.
    const HttpRefusal& refusal() const { return refusal_; }

private:
    struct Syntax;
    State read_head();
    State read_body(std::string_view bytes, std::size_t& consumed);
    State judge_head();
    State refuse(unsigned status, std::string_view reason, std::string_view detail);

    const HttpLimits& limits_;
    std::unique_ptr<Syntax> syntax_;
    std::string head_;
    std::size_t body_wire_bytes_ = 0;
    bool expects_continue_ = false;
    bool keep_alive_ = false;
    Request request_;
    HttpRefusal refusal_;
    State state_ = State::in_head;
};

}  // namespace lifeline::net
