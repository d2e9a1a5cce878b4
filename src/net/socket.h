#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace lifeline {
class Loop;
}

namespace lifeline::net {

// What one attempt to receive or send came to. `closed` is for ever: the peer has finished, the
// connection broke, or we closed it; what a peer sent before finishing is received first.
struct Io {
    enum class Status : std::uint8_t { ok, again, closed };

    Status status = Status::again;
    std::size_t bytes = 0;

    friend bool operator==(const Io&, const Io&) = default;
};

// Whoever owns a Socket. Either call may destroy the Socket it came from.
class SocketHandler {
public:
    virtual void on_readable() = 0;
    virtual void on_writable() = 0;

protected:
    ~SocketHandler() = default;
};

// One end of a byte stream that never blocks: ask, and when the answer is `again`, say what you
// wait for. A socket has no buffer of its own, so an idle connection costs next to nothing; the
// caller brings one (a loop's connections share one).
//
// Lives on one Loop and is touched only there. After close() or destruction no callback comes, not
// even one that was already on its way. Implementations: TcpSocket, and FakeSocket for tests and
// the simulation.
class Socket {
public:
    virtual ~Socket() = default;

    // Before the first want_*; a later call passes the socket on to another handler.
    virtual void attach(SocketHandler* handler) = 0;

    // Exactly one callback each, from the loop and never from inside the call; asking again while
    // one is awaited changes nothing. `closed` counts as readable and as writable.
    virtual void want_readable() = 0;
    virtual void want_writable() = 0;

    // {ok, at least 1}, {again, 0} or {closed, 0}; nothing asked for, nothing done: {ok, 0}.
    virtual Io receive(std::span<char> into) = 0;
    virtual Io send(std::string_view bytes) = 0;

    // No more will be sent; the peer sees the end after what was sent before. Receiving goes on.
    virtual void shutdown_send() = 0;
    virtual void close() = 0;
};

// The polite end: what was sent still reaches a peer that is itself still sending (closing with
// unread input resets the connection, and a reset destroys the close frame on its way). Finishes
// sending, then reads and drops until the peer has finished, at most one second or 1 MiB, and
// closes. Takes the socket over; to stop the loop first is allowed.
void close_lingering(std::unique_ptr<Socket> socket, Loop& loop);

}  // namespace lifeline::net
