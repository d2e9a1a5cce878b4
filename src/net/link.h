#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "net/connection_door.h"
#include "net/ip_address.h"
#include "net/tls_session.h"

namespace lifeline::net {

// An open descriptor, closed with its owner.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor() { close(); }

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void close();

private:
    int number_ = -1;
};

// Of what was sent on this connection and not taken by its peer, the system keeps so many bytes,
// what it spends on keeping them included; then send() says `again`. Left alone it gives whoever is
// slow up to 4 MiB, since it cannot know that from a long line.
void bound_send_buffer(const FileDescriptor& connection, std::size_t bytes);

// A connection between two loops: all there is of it. Taken from an Exchange by upgrade, carried to
// the loop of its call by one post, and made a Socket again there by adopt.
struct Link {
    FileDescriptor fd;
    std::string received;  // What the peer sent right behind its request.
    Peer peer;
    ConnectionDoor::Seat seat;
    std::unique_ptr<TlsSession> tls;  // Null over plain TCP.
};

}  // namespace lifeline::net
