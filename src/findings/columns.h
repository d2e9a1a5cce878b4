#pragma once

#include <cstdint>

#include "base/window.h"

// How findings.db holds what has no column type of its own.
namespace lifeline::findings {

inline std::uint64_t number_of(Window window) {
    return static_cast<std::uint64_t>(window.time_since_epoch().count());
}
inline Window hour_of(std::uint64_t number) {
    return Window(std::chrono::hours(static_cast<std::int64_t>(number)));
}

}  // namespace lifeline::findings
