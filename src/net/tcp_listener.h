#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "net/ip_address.h"
#include "net/link.h"
#include "net/poller.h"

namespace lifeline::net {

// Accepts on one address and hands on descriptors: non-blocking, TCP_NODELAY set (without it the
// first small frames wait for the peer's delayed acknowledgement, 44 ms). Out of descriptors or
// memory it pauses instead of spinning, since a connection it cannot take stays in the queue and
// stays readable.
class TcpListener final : private Poller::Watch {
public:
    using OnAccept = std::move_only_function<void(FileDescriptor, Peer)>;

    TcpListener(AsioLoop& loop, OnAccept on_accept);
    ~TcpListener();
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    Status listen(const std::string& address, std::uint16_t port, int backlog);
    std::uint16_t port() const { return port_; }
    void close();

private:
    void ready(std::uint32_t events) override;
    void accept_some();
    bool accept_one();
    void pause(const char* why);

    AsioLoop& loop_;
    OnAccept on_accept_;
    FileDescriptor fd_;
    Poller::Id id_ = 0;
    std::uint16_t port_ = 0;
    Loop::TimerId paused_ = 0;  // 0 when it is not.
    SteadyTime say_again_{};
};

}  // namespace lifeline::net
