#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lifeline {

void check_failed(const char* condition, const char* file, int line) {
    // Standard error and not the logger: the logger may be what is broken.
    std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace lifeline
