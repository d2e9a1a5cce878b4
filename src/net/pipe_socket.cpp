#include "net/pipe_socket.h"

#include <unistd.h>

#include <cerrno>

namespace lifeline::net {

namespace {

Io came_to(ssize_t count, bool& ready) {
    if (count > 0) return {Io::Status::ok, static_cast<std::size_t>(count)};
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        ready = errno == EINTR;
        return {};
    }
    return {Io::Status::closed, 0};
}

}  // namespace

Io PipeSocket::receive(std::span<char> into) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (into.empty()) return {Io::Status::ok, 0};
    if (!readable_) return {};
    return came_to(::read(fd(), into.data(), into.size()), readable_);
}

Io PipeSocket::send(std::string_view bytes) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (bytes.empty()) return {Io::Status::ok, 0};
    if (!writable_) return {};
    return came_to(::write(fd(), bytes.data(), bytes.size()), writable_);
}

}  // namespace lifeline::net
