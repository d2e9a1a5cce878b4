#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/socket.h"

using SSL = struct ssl_st;

namespace lifeline::net {

// One TLS connection without its descriptor's readiness: what there is to carry when it moves to
// another loop. OpenSSL works on the descriptor itself, so nothing is read ahead elsewhere.
//
// Once OpenSSL has made a record of some bytes, these and no others must follow; so what it could
// not write is kept here and counts as sent, and callers are free to send something else next.
class TlsSession {
public:
    // Takes it; the descriptor is set, and which end this is.
    explicit TlsSession(SSL* ssl);
    ~TlsSession();

    // Of a client that wants to know before it sends: ok when it is done. A server's is part of its
    // first receive or send.
    Io::Status handshake();
    // `again`: the descriptor has to become ready, in either direction.
    Io receive(std::span<char> into);
    Io send(std::string_view bytes);
    // Goes on with what is kept; to be called when the descriptor is ready.
    void push();
    bool holds_back() const { return !kept_.empty(); }
    // Tells the peer that no more will come, behind what was sent.
    void finish_sending();
    // The peer knows it, or never will.
    bool finished_sending() const { return finished_; }

    const std::string& failure() const { return failure_; }
    bool ended_cleanly() const { return ended_cleanly_; }

private:
    struct Free {
        void operator()(SSL* ssl) const;
    };
    Io::Status failed(int result);

    std::unique_ptr<SSL, Free> ssl_;
    std::string kept_;
    std::string failure_;
    bool broken_ = false;
    bool finishing_ = false;
    bool finished_ = false;
    bool ended_cleanly_ = false;
};

}  // namespace lifeline::net
