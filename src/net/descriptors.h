#pragma once

#include <cstddef>

namespace lifeline::net {

// Keeps the last descriptors of the process for what is not a connection: a journal that cannot
// open its file serves nobody. The kernel gives the lowest number that is free, so a connection
// whose number lies below the reserve leaves the reserve to others, and asking costs no look at
// all the others.
class DescriptorReserve {
public:
    enum class Place { free, reserved, last };  // `last`: in the farther half of the reserve.

    explicit DescriptorReserve(std::size_t kept) : kept_(kept) {}

    Place place_of(int descriptor) const;
    // With this many descriptors in all.
    Place place_of(int descriptor, std::size_t limit) const;

private:
    std::size_t kept_;
};

}  // namespace lifeline::net
