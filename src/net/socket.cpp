#include "net/socket.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/loop.h"

namespace lifeline::net {

namespace {

constexpr Millis linger_time = std::chrono::seconds(1);
constexpr std::size_t linger_bytes = 1 << 20;

// Owns itself, by way of what it has asked for, until the peer has finished or patience is over.
class Lingering final : public SocketHandler, public std::enable_shared_from_this<Lingering> {
public:
    Lingering(std::unique_ptr<Socket> socket, Loop& loop)
        : socket_(std::move(socket)), loop_(loop) {}

    void start() {
        socket_->attach(this);
        socket_->shutdown_send();
        timer_ = loop_.start_timer(linger_time, [self = shared_from_this()] { self->give_up(); });
        drop();
    }
    void on_readable() override { drop(); }
    void on_writable() override {}

private:
    void drop() {
        std::array<char, 16 * 1024> nowhere;
        for (;;) {
            const Io io = socket_->receive(nowhere);
            if (io.status == Io::Status::again) return socket_->want_readable();
            dropped_ += io.bytes;
            if (io.status == Io::Status::closed || dropped_ >= linger_bytes) break;
        }
        socket_->close();
        loop_.cancel_timer(timer_);  // May be the last thing that holds this.
    }
    void give_up() { socket_->close(); }

    std::unique_ptr<Socket> socket_;
    Loop& loop_;
    Loop::TimerId timer_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace

void close_lingering(std::unique_ptr<Socket> socket, Loop& loop) {
    std::make_shared<Lingering>(std::move(socket), loop)->start();
}

}  // namespace lifeline::net
