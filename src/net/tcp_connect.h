#pragma once

#include "base/result.h"
#include "net/ip_address.h"
#include "net/link.h"

namespace lifeline::net {

// Begins to connect, without waiting: the descriptor becomes writable when it is settled, and
// connect_error() then says how.
Result<FileDescriptor> begin_connect(const Peer& peer);
// Empty when the connection stands.
std::string connect_error(int fd);

}  // namespace lifeline::net
