#include "net/tcp_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "net/polled_socket.h"
#include "net/tls_socket.h"

namespace lifeline::net {

namespace {

class TcpSocket final : public PolledSocket {
public:
    using PolledSocket::PolledSocket;

    Io receive(std::span<char> into) override {
        if (fd() < 0) return {Io::Status::closed, 0};
        if (into.empty()) return {Io::Status::ok, 0};
        if (!readable_) return {};
        const ssize_t count =
            interruptible([&] { return ::recv(fd(), into.data(), into.size(), 0); });
        if (count <= 0) return nothing(count, readable_);
        // A short read has emptied the kernel's queue: what comes next comes with an event.
        const auto bytes = static_cast<std::size_t>(count);
        if (bytes < into.size() && !hung_up_) readable_ = false;
        return {Io::Status::ok, bytes};
    }

    Io send(std::string_view bytes) override {
        if (fd() < 0) return {Io::Status::closed, 0};
        if (bytes.empty()) return {Io::Status::ok, 0};
        if (!writable_) return {};
        const ssize_t count =
            interruptible([&] { return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (count <= 0) return nothing(count, writable_);
        const auto sent = static_cast<std::size_t>(count);
        if (sent < bytes.size()) writable_ = false;
        return {Io::Status::ok, sent};
    }

    void shutdown_send() override {
        if (fd() >= 0) ::shutdown(fd(), SHUT_WR);
    }

private:
    template <class Call>
    static ssize_t interruptible(Call call) {
        ssize_t count;
        do {
            count = call();
        } while (count < 0 && errno == EINTR);
        return count;
    }

    static Io nothing(ssize_t count, bool& ready) {
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            ready = false;
            return {};
        }
        return {Io::Status::closed, 0};
    }
};

}  // namespace

std::unique_ptr<Socket> adopt(AsioLoop& loop, FileDescriptor fd, ConnectionDoor::Seat seat) {
    return std::make_unique<TcpSocket>(loop, std::move(fd), std::move(seat),
                                       PolledSocket::Start::connected);
}

std::unique_ptr<Socket> adopt(AsioLoop& loop, Link link) {
    if (link.tls)
        return std::make_unique<TlsSocket>(loop, std::move(link.fd), std::move(link.tls),
                                           std::move(link.seat));
    return adopt(loop, std::move(link.fd), std::move(link.seat));
}

std::unique_ptr<PolledSocket> make_connecting(AsioLoop& loop, FileDescriptor fd) {
    return std::make_unique<TcpSocket>(loop, std::move(fd), ConnectionDoor::Seat{},
                                       PolledSocket::Start::connecting);
}

Detached detach(std::unique_ptr<Socket> socket) {
    auto* polled = dynamic_cast<PolledSocket*>(socket.get());
    if (polled == nullptr) return {};
    return {polled->take_descriptor(), polled->take_seat(), polled->take_session()};
}

}  // namespace lifeline::net
