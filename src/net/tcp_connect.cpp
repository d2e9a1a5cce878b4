#include "net/tcp_connect.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>

#include "net/socket_address.h"

namespace lifeline::net {

Result<FileDescriptor> begin_connect(const Peer& peer) {
    const auto refuse = [](int error) {
        return fail(Code::unavailable, "peer_unavailable", std::strerror(error));
    };
    const SocketAddress remote = SocketAddress::of(peer);
    FileDescriptor fd(::socket(remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return refuse(errno);
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (::connect(fd.get(), remote.get(), remote.size) != 0 && errno != EINPROGRESS) {
        return refuse(errno);
    }
    return fd;
}

std::string connect_error(int fd) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    return error == 0 ? std::string{} : std::strerror(error);
}

}  // namespace lifeline::net
