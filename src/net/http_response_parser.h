#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace lifeline::net {

// The answer to a request of our own. Interim answers (1xx) are skipped.
class ResponseParser {
public:
    struct Limits {
        std::size_t head_bytes_max = 64 * 1024;
        std::size_t body_bytes_max = 1 << 20;
    };
    enum class Body : std::uint8_t { expected, none };  // None: it answers a HEAD.
    enum class State : std::uint8_t { need_more, complete, malformed, too_large };

    ResponseParser(Limits limits, Body body);
    ~ResponseParser();

    State feed(std::string_view bytes);
    // The connection has ended: complete if that is how this message ends, else malformed.
    State finish();
    // Once complete: what was not taken before.
    Response take();

    // For who listens to a body while it comes: status and headers, without a body.
    bool has_head() const;
    Response head() const;
    // What of the body has come since it was last taken. The limit counts all of it.
    std::string take_piece();

private:
    struct Syntax;
    void restart();

    std::unique_ptr<Syntax> syntax_;
    std::string pending_;  // What Beast wants to see again together with what follows.
    std::size_t head_bytes_max_;
    std::size_t body_bytes_max_;
    bool skip_body_;
    State state_ = State::need_more;
};

}  // namespace lifeline::net
