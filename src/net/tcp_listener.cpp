#include "net/tcp_listener.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/asio_loop.h"
#include "base/log.h"
#include "net/socket_address.h"

namespace lifeline::net {

namespace {

constexpr int accepts_per_turn = 64;
constexpr Millis pause_time{100};

void set_flag(int fd, int level, int option, int value = 1) {
    ::setsockopt(fd, level, option, &value, sizeof(value));
}

}  // namespace

TcpListener::TcpListener(AsioLoop& loop, OnAccept on_accept)
    : loop_(loop), on_accept_(std::move(on_accept)) {}

TcpListener::~TcpListener() {
    close();
}

Status TcpListener::listen(const std::string& address, std::uint16_t port, int backlog) {
    const auto refuse = [&](std::string_view what) {
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{} port {}: {}", address, port, what));
    };
    const auto parsed = IpAddress::parse(address);
    if (!parsed) return refuse("not an IP address");
    SocketAddress local = SocketAddress::of({*parsed, port});
    FileDescriptor fd(::socket(local.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return refuse(std::strerror(errno));
    set_flag(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (local.family() == AF_INET6) set_flag(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    // Inherited by what is accepted, so it costs nothing there.
    set_flag(fd.get(), IPPROTO_TCP, TCP_NODELAY);
    if (::bind(fd.get(), local.get(), local.size) != 0 || ::listen(fd.get(), backlog) != 0) {
        return refuse(std::strerror(errno));
    }
    local.size = sizeof(local.storage);
    if (::getsockname(fd.get(), local.get(), &local.size) != 0) return refuse(std::strerror(errno));
    port_ = local.peer().port;
    fd_ = std::move(fd);
    id_ = Poller::of(loop_).add(fd_.get(), this);
    return {};
}

void TcpListener::close() {
    if (!fd_.is_open()) return;
    if (paused_ != 0) loop_.cancel_timer(std::exchange(paused_, 0));
    Poller::of(loop_).remove(fd_.get(), id_);
    fd_.close();
}

void TcpListener::ready(std::uint32_t) {
    if (paused_ == 0) accept_some();
}

void TcpListener::accept_some() {
    for (int i = 0; i < accepts_per_turn; ++i) {
        if (!accept_one()) return;
    }
    Poller::of(loop_).remind(id_);  // The rest after everyone else's turn.
}

// False when there is no more to accept for now.
bool TcpListener::accept_one() {
    SocketAddress remote;
    FileDescriptor fd(
        ::accept4(fd_.get(), remote.get(), &remote.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.is_open()) {
        on_accept_(std::move(fd), remote.peer());
        return fd_.is_open();
    }
    switch (errno) {
        case EAGAIN:
            return false;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            pause(std::strerror(errno));
            return false;
        default:
            return true;  // That one connection failed before we got to it; the next may not.
    }
}

void TcpListener::pause(const char* why) {
    const SteadyTime now = loop_.clock().steady();
    if (now >= say_again_) {
        log::error("accept paused port={} ms={} why={}", port_, pause_time.count(), why);
        say_again_ = now + std::chrono::seconds(10);  // Nobody outside may fill the disk.
    }
    paused_ = loop_.start_timer(pause_time, [this] {
        paused_ = 0;
        accept_some();
    });
}

}  // namespace lifeline::net
