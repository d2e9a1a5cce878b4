#include "net/link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace lifeline::net {

namespace {

// How much goes into a connection whose peer takes nothing.
class Untaken {
public:
    Untaken() {
        FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        // Whatever it is, it is the same for all; the smaller, the less it blurs.
        const int small = 4096;
        ::setsockopt(listener.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(at);
        auto* address = reinterpret_cast<sockaddr*>(&at);
        EXPECT_EQ(::bind(listener.get(), address, size), 0);
        EXPECT_EQ(::listen(listener.get(), 1), 0);
        EXPECT_EQ(::getsockname(listener.get(), address, &size), 0);
        near = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::connect(near.get(), address, size), 0);
        far_ = FileDescriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        ::fcntl(near.get(), F_SETFL, O_NONBLOCK);
    }
    std::size_t fill(std::size_t at_a_time) {
        const std::string some(at_a_time, 'x');
        std::size_t sent = 0;
        for (;;) {
            const auto went = ::send(near.get(), some.data(), some.size(), MSG_NOSIGNAL);
            if (went <= 0) return sent;
            sent += static_cast<std::size_t>(went);
        }
    }

    FileDescriptor near;

private:
    FileDescriptor far_;
};

}  // namespace

TEST(SendBuffer, HoldsNoMoreForASlowPeerThanItMay) {
    constexpr std::size_t budget = 256 * 1024;
    for (const std::size_t at_a_time : {std::size_t{500}, std::size_t{64 * 1024}}) {
        SCOPED_TRACE(at_a_time);
        Untaken left_alone;
        Untaken bounded;
        bound_send_buffer(bounded.near, budget);
        const std::size_t held = bounded.fill(at_a_time);
        EXPECT_LT(held, budget + 32 * 1024);
        EXPECT_GE(held, 64u * 1024) << "a chunk of delivery's goes in at once";
        EXPECT_GT(left_alone.fill(at_a_time), held);
    }
}

}  // namespace lifeline::net
