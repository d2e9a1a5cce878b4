#pragma once

#include "net/polled_socket.h"

namespace lifeline::net {

// Our end of a pipe as a Socket: one direction does something, the other is closed. Writing needs
// SIGPIPE to be ignored. The descriptor does not block.
class PipeSocket final : public PolledSocket {
public:
    PipeSocket(AsioLoop& loop, FileDescriptor fd)
        : PolledSocket(loop, std::move(fd), {}, Start::connected) {}

    Io receive(std::span<char> into) override;
    Io send(std::string_view bytes) override;
    void shutdown_send() override { close(); }

    // What the poller has not told yet is tried all the same, at the next receive.
    void look_again() { readable_ = true; }
};

}  // namespace lifeline::net
