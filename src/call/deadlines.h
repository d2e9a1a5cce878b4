#pragma once

#include <optional>

#include "base/clock.h"
#include "call/state.h"

// What a call waits for. Deadlines are data: they follow from the state, so they survive a restart
// and never fire twice.
namespace lifeline::call {

// `after` later than `from`, and never beyond the end of time.
WallTime later(WallTime from, Millis after);

// Each is nullopt while the call does not wait for it.
struct Deadlines {
    std::optional<WallTime> connect;   // Nobody connected in time.
    std::optional<WallTime> window;    // Nobody came back, or ever came, within the window.
    std::optional<WallTime> warning;   // The longest duration comes near.
    std::optional<WallTime> duration;  // It is reached.
};

Deadlines deadlines(const State& state);

// Whether the call fails when those it waits for stay away. Where a provider holds the line, it is
// the provider's service that says when the line is gone.
bool waits_for_a_line(const State& state);

}  // namespace lifeline::call
