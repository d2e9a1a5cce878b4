#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace lifeline::net {

DescriptorReserve::Place DescriptorReserve::place_of(int descriptor) const {
    rlimit limit{};  // Asked each time: an operator may change it from outside.
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return Place::free;
    return place_of(descriptor, static_cast<std::size_t>(limit.rlim_cur));
}

DescriptorReserve::Place DescriptorReserve::place_of(int descriptor, std::size_t limit) const {
    // Never more than a quarter, or a small limit would be all reserve.
    const std::size_t kept = std::min(kept_, limit / 4);
    const auto number = static_cast<std::size_t>(descriptor);
    if (number < limit - kept) return Place::free;
    return number < limit - kept / 2 ? Place::reserved : Place::last;
}

}  // namespace lifeline::net
