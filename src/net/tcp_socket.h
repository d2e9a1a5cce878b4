#pragma once

#include <memory>

#include "net/link.h"
#include "net/socket.h"

namespace lifeline {
class AsioLoop;
}

namespace lifeline::net {

class PolledSocket;

// A TCP connection as a Socket of this loop, through TLS where the link has it; called on that
// loop. What the link has `received` stays with the caller. The descriptor must be non-blocking, as
// every one from an Exchange is.
std::unique_ptr<Socket> adopt(AsioLoop& loop, FileDescriptor fd, ConnectionDoor::Seat seat = {});
std::unique_ptr<Socket> adopt(AsioLoop& loop, Link link);

// One whose connection is still being made: writable once it stands or has failed.
std::unique_ptr<PolledSocket> make_connecting(AsioLoop& loop, FileDescriptor fd);

// Takes the descriptor back out of a Socket that adopt made, to move it elsewhere: no callback
// comes any more. Not open if the socket was closed.
struct Detached {
    FileDescriptor fd;
    ConnectionDoor::Seat seat;
    std::unique_ptr<TlsSession> tls;
};
Detached detach(std::unique_ptr<Socket> socket);

}  // namespace lifeline::net
