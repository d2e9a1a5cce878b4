#include "net/link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace lifeline::net {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

void FileDescriptor::close() {
    // The number is free again whatever close says, so there is nothing to try twice.
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

// The kernel doubles what it is given, to have room for what it spends beside the bytes.
void bound_send_buffer(const FileDescriptor& connection, std::size_t bytes) {
    const int half = static_cast<int>(std::min<std::size_t>(bytes / 2, INT_MAX / 2));
    (void)::setsockopt(connection.get(), SOL_SOCKET, SO_SNDBUF, &half, sizeof(half));
}

}  // namespace lifeline::net
