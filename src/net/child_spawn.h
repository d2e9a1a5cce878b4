#pragma once

#include <sys/types.h>

#include "net/child_process.h"
#include "net/link.h"

namespace lifeline::net {

// A process that has begun, and our ends of what connects us to it; none of them blocks.
struct Spawned {
    pid_t pid = 0;
    FileDescriptor input;   // We write.
    FileDescriptor output;  // We read.
    FileDescriptor errors;  // We read.
    FileDescriptor exit;    // A pidfd: readable when it is over.
};

Result<Spawned> spawn(const ChildCommand& command);

}  // namespace lifeline::net
