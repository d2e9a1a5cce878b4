#pragma once

#include <chrono>

#include "base/window.h"

namespace lifeline {

// What is said of an hour longer after its end than this is charged by nobody but a person. Part of
// what the journal means, and so no setting: whoever reads it again charges the same.
inline constexpr std::chrono::hours late_horizon = std::chrono::days(33);

inline bool too_late(WallTime said, Window hour) {
    return said - WallTime(hour + std::chrono::hours(1)) > late_horizon;
}

}  // namespace lifeline
