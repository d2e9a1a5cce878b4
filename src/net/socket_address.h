#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "net/ip_address.h"

namespace lifeline::net {

// An address as the kernel's calls take and give it. Of this room only.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    static SocketAddress of(const Peer& peer);
    Peer peer() const;
    int family() const { return storage.ss_family; }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

}  // namespace lifeline::net
