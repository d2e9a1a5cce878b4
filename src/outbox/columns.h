#pragma once

#include <cstdint>
#include <string_view>

#include "base/window.h"
#include "outbox/delivery.h"

// How deliveries.db holds what has no column type of its own.
namespace lifeline::outbox {

inline std::int64_t number_of(Window window) {
    return window.time_since_epoch().count();
}

// A word that is none waits.
inline State state_of(std::string_view text) {
    for (const State state : {State::delivered, State::parked, State::discarded})
        if (text == to_text(state)) return state;
    return State::waiting;
}

}  // namespace lifeline::outbox
