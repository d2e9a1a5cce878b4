#include "net/polled_socket.h"

#include <sys/epoll.h>

#include <utility>

#include "base/check.h"

namespace lifeline::net {

PolledSocket::PolledSocket(AsioLoop& loop, FileDescriptor fd, ConnectionDoor::Seat seat,
                           Start start)
    : writable_(start == Start::connected),
      poller_(Poller::of(loop)),
      id_(poller_.add(fd.get(), this)),
      fd_(std::move(fd)),
      seat_(std::move(seat)) {}

PolledSocket::~PolledSocket() {
    PolledSocket::close();
}

void PolledSocket::want_readable() {
    CHECK(handler_ != nullptr);
    if (!std::exchange(wants_read_, true) && readable_) poller_.remind(id_);
}

void PolledSocket::want_writable() {
    CHECK(handler_ != nullptr);
    if (!std::exchange(wants_write_, true) && writable_) poller_.remind(id_);
}

void PolledSocket::close() {
    take_descriptor();
}

FileDescriptor PolledSocket::take_descriptor() {
    if (fd_.is_open()) poller_.remove(fd_.get(), id_);
    return std::move(fd_);
}

void PolledSocket::note(std::uint32_t events) {
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
}

void PolledSocket::ready(std::uint32_t events) {
    note(events);
    if (readable_ && wants_read_) {
        wants_read_ = false;
        // The handler may destroy this socket, so the other call gets a turn of its own.
        if (writable_ && wants_write_) poller_.remind(id_);
        return handler_->on_readable();
    }
    if (writable_ && wants_write_) {
        wants_write_ = false;
        handler_->on_writable();
    }
}

}  // namespace lifeline::net
