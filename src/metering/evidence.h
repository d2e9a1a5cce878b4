#pragma once

#include <cstdint>
#include <string_view>

#include "base/digest.h"

namespace lifeline::metering {

// An event of a call, as something rests on it.
struct Witness {
    std::uint64_t seq = 0;
    Digest bytes{};  // SHA-256 of its bytes.

    friend bool operator==(const Witness&, const Witness&) = default;
};

// The events that a record rests on: where they are, how many, and a chain over what they say, so
// that whoever has the call can add them up again.
struct Evidence {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t count = 0;
    Digest chain{};

    // In the order of the call; one that was added last is not added again.
    void add(const Witness& witness);

    friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace lifeline::metering
