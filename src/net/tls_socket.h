#pragma once

#include <memory>
#include <string>

#include "net/polled_socket.h"
#include "net/tls_context.h"

namespace lifeline::net {

// TLS on a descriptor as a Socket, of either end: an idle one costs 20 KB rather than the 55 of a
// stream with buffers of its own.
class TlsSocket final : public PolledSocket {
public:
    // A client's, over a descriptor that is connecting or connected.
    using Host = TlsContext::Host;
    TlsSocket(AsioLoop& loop, FileDescriptor fd, const TlsContext& context, const std::string& host,
              Host kind);
    // A server's, or either end's that comes from another loop.
    TlsSocket(AsioLoop& loop, FileDescriptor fd, std::unique_ptr<TlsSession> session,
              ConnectionDoor::Seat seat);
    ~TlsSocket() override;

    // Goes on with the handshake: ok when it is done. After `closed`, failure() says why.
    Io::Status handshake();
    const std::string& failure() const { return session_->failure(); }
    // Whether the peer said that it has sent all, rather than just gone.
    bool ended_cleanly() const { return session_->ended_cleanly(); }

    Io receive(std::span<char> into) override;
    Io send(std::string_view bytes) override;
    void shutdown_send() override;
    std::unique_ptr<TlsSession> take_session() override { return std::move(session_); }

protected:
    void note(std::uint32_t events) override;

private:
    void tell_end();

    std::unique_ptr<TlsSession> session_;
    bool ending_ = false;
};

}  // namespace lifeline::net
