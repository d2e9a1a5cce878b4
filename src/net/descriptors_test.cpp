#include "net/descriptors.h"

#include <gtest/gtest.h>

namespace lifeline::net {
namespace {

TEST(DescriptorReserve, TheLastOnesAreKept) {
    using Place = DescriptorReserve::Place;
    struct Case {
        std::size_t kept;
        std::size_t limit;
        int descriptor;
        Place then;
    };
    const Case cases[] = {
        {64, 1'024, 959, Place::free},      {64, 1'024, 960, Place::reserved},
        {64, 1'024, 991, Place::reserved},  {64, 1'024, 992, Place::last},
        {64, 1'024, 1'023, Place::last},    {64, 100, 74, Place::free},
        {64, 100, 75, Place::reserved},     {0, 1'024, 1'023, Place::free},
        {64, SIZE_MAX, 5'000, Place::free},
    };
    for (const auto& [kept, limit, descriptor, then] : cases)
        EXPECT_EQ(DescriptorReserve(kept).place_of(descriptor, limit), then)
            << kept << " " << limit << " " << descriptor;
}

}  // namespace
}  // namespace lifeline::net
