#include "net/link.h"

#include <unistd.h>

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

}  // namespace lifeline::net
