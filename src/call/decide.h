#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "call/command.h"
#include "call/judge.h"
#include "call/state.h"

namespace lifeline::call {

// An event that the server makes. Its id is derived from the call's state, so that a server that
// died between deciding and appending decides the very same event again.
struct ServerEvent {
    std::string id;  // Begins with ll_.
    contract::EventType type;
    std::string payload;
};

// What a command leads to: the published event itself (for Publish) and then the server's events,
// in this order, appended in one batch. Nothing at all means that it is so already: the same
// answer, no event.
struct Decision {
    std::vector<ServerEvent> events;
};

// The call's rules, pure: no clock, no chance, no effect; what tools and policy say comes from
// `judge`. Refuses with a reason of schema/v1/errors.json.
Result<Decision> decide(const State& state, const Command& command, WallTime now,
                        const Judge& judge);

// When TimePassed is due next, or WallTime::max() when nothing is waited for: see deadlines.h.
WallTime next_deadline(const State& state);

// How long before the longest duration the warning comes; a tenth of it for shorter calls.
constexpr Millis duration_warning_lead = std::chrono::seconds(60);

}  // namespace lifeline::call
