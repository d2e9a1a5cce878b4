#pragma once

#include <cstdint>

namespace lifeline::contract {

// The place of a top-level field in a checked object: `field::transcript_final::text`. It knows the
// object it belongs to, so that it cannot be read from an event of another type.
struct Field {
    std::uint16_t owner;  // the object's rule in tables::rules
    std::uint16_t index;
};

}  // namespace lifeline::contract
