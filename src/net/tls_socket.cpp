#include "net/tls_socket.h"

#include <sys/socket.h>

#include <utility>

namespace lifeline::net {

TlsSocket::TlsSocket(AsioLoop& loop, FileDescriptor fd, const TlsContext& context,
                     const std::string& host, Host kind)
    : PolledSocket(loop, std::move(fd), {}, Start::connecting),
      session_(context.connect(PolledSocket::fd(), host, kind)) {}

TlsSocket::TlsSocket(AsioLoop& loop, FileDescriptor fd, std::unique_ptr<TlsSession> session,
                     ConnectionDoor::Seat seat)
    : PolledSocket(loop, std::move(fd), std::move(seat), Start::connected),
      session_(std::move(session)) {
    readable_ = true;  // The session may hold what the kernel no longer does.
}

TlsSocket::~TlsSocket() = default;

// A read may wait for room to write and the other way round, so news of either is news for both.
void TlsSocket::note(std::uint32_t events) {
    PolledSocket::note(events);
    if (events == 0) return;
    readable_ = writable_ = true;
    session_->push();
    if (session_->holds_back()) writable_ = false;
    if (ending_) tell_end();
}

Io::Status TlsSocket::handshake() {
    if (fd() < 0) return Io::Status::closed;
    if (!writable_) return Io::Status::again;
    const Io::Status status = session_->handshake();
    if (status == Io::Status::ok) readable_ = true;  // More may have come along with it.
    if (status == Io::Status::again) readable_ = writable_ = false;
    return status;
}

Io TlsSocket::receive(std::span<char> into) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (into.empty()) return {Io::Status::ok, 0};
    if (!readable_) return {};
    const Io io = session_->receive(into);
    if (io.status == Io::Status::again) readable_ = false;
    return io;
}

Io TlsSocket::send(std::string_view bytes) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (bytes.empty()) return {Io::Status::ok, 0};
    if (!writable_) return {};
    const Io io = session_->send(bytes);
    if (io.status == Io::Status::again || session_->holds_back()) writable_ = false;
    return io;
}

void TlsSocket::shutdown_send() {
    if (fd() < 0) return;
    ending_ = true;
    session_->finish_sending();
    tell_end();
}

void TlsSocket::tell_end() {
    if (session_->finished_sending() && std::exchange(ending_, false)) ::shutdown(fd(), SHUT_WR);
}

}  // namespace lifeline::net
