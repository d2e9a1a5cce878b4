#include "net/socket_address.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lifeline::net {

SocketAddress SocketAddress::of(const Peer& peer) {
    SocketAddress out;
    const auto& bytes = peer.address.bytes();
    if (peer.address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(peer.port);
        std::memcpy(&v4.sin_addr, bytes.data() + 12, 4);
        std::memcpy(&out.storage, &v4, sizeof(v4));
        out.size = sizeof(v4);
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(peer.port);
        std::memcpy(&v6.sin6_addr, bytes.data(), 16);
        std::memcpy(&out.storage, &v6, sizeof(v6));
        out.size = sizeof(v6);
    }
    return out;
}

Peer SocketAddress::peer() const {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &storage, sizeof(v4));
        std::array<std::uint8_t, 4> bytes;
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return {IpAddress::v4(bytes), ntohs(v4.sin_port)};
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage, sizeof(v6));
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return {IpAddress::v6(bytes), ntohs(v6.sin6_port)};
}

}  // namespace lifeline::net
