#pragma once

#include <chrono>
#include <cstddef>

namespace lifeline::delivery {

// Frames that everybody has seen are kept up to here, for readers that come back at once.
inline constexpr std::size_t tail_kept_bytes = 4 * 1024;
// And so long after the last of them: a call in which nobody speaks costs no frames.
inline constexpr std::chrono::seconds tail_kept_for{20};
// Frames that somebody has not seen are kept up to here; then that reader reads the journal.
inline constexpr std::size_t tail_bytes_max = 256 * 1024;
// One send, and one read of the journal for a reader that is behind. Small enough that a slow
// reader costs little, large enough that a fast one is not slowed by round trips.
inline constexpr std::size_t chunk_bytes_max = 64 * 1024;
inline constexpr std::size_t chunk_events_max = 256;

}  // namespace lifeline::delivery
