#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace lifeline::findings {

// Where a finding stands.
enum class State : std::uint8_t {
    open,
    retrying,      // What the journal owes is charged again; the next run says whether it helped.
    acknowledged,  // Somebody has seen it.
    adjusted,      // An adjustment was booked; the next run says whether that was all.
    written_off,   // The difference is accepted as it is.
    disputed,      // With whoever counted otherwise.
    closed,        // Gone.
};

// Who moves it: somebody, a rule of the configuration, or a run that looked again.
enum class Mover : std::uint8_t { person, rule, run };

std::string_view to_text(State state);
std::optional<State> state_from(std::string_view text);

// Nobody has to do anything about it any more.
bool resolved(State state);

bool may_change(State from, State to, Mover mover);
// finding_closed: what is resolved is resolved; only a run that finds it again opens it.
Status judge_change(State from, State to, Mover mover);

}  // namespace lifeline::findings
