#pragma once

#include <cstdint>
#include <memory>

#include "net/poller.h"
#include "net/socket.h"

namespace lifeline::net {

// What a Socket on a descriptor does to be told when it is ready; how bytes pass is the subclass's
// business (plain, or through TLS). Remembers what the last attempt has taught, so that asking
// again before anything changed costs no system call.
class PolledSocket : public Socket, private Poller::Watch {
public:
    enum class Start : std::uint8_t { connected, connecting };

    PolledSocket(AsioLoop& loop, FileDescriptor fd, ConnectionDoor::Seat seat, Start start);
    ~PolledSocket() override;

    void attach(SocketHandler* handler) final { handler_ = handler; }
    void want_readable() final;
    void want_writable() final;
    void close() override;

    // Out of the poller's sight, still open.
    FileDescriptor take_descriptor();
    ConnectionDoor::Seat take_seat() { return std::move(seat_); }
    // What TLS knows of the connection; null where there is none.
    virtual std::unique_ptr<TlsSession> take_session() { return nullptr; }

    int fd() const { return fd_.get(); }

protected:
    // Takes in what the kernel reports. Through TLS, either direction may have waited for the
    // other.
    virtual void note(std::uint32_t events);

    // Bytes may be there to receive; room may be there to send. False only once an attempt said so.
    bool readable_ = false;
    bool writable_;
    // The peer has finished or the connection broke: a short read is then not the last one.
    bool hung_up_ = false;

private:
    void ready(std::uint32_t events) final;

    bool wants_read_ = false;
    bool wants_write_ = false;
    SocketHandler* handler_ = nullptr;
    Poller& poller_;
    Poller::Id id_;
    FileDescriptor fd_;
    ConnectionDoor::Seat seat_;
};

}  // namespace lifeline::net
