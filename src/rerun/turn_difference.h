#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rerun/recorded_turn.h"
#include "rerun/turn_run.h"

namespace lifeline::rerun {

// A place in a call's arguments at which they differ; "" is all of them. JSON, or empty where there
// is nothing.
struct ArgsChange {
    std::string pointer;
    std::string was;
    std::string would;

    friend bool operator==(const ArgsChange&, const ArgsChange&) = default;
};
// Objects are looked into, everything else is compared whole.
std::vector<ArgsChange> args_changes(std::string_view was_json, std::string_view would_json);

struct CallDifference {
    enum class Kind : std::uint8_t {
        same,
        other_arguments,
        only_recorded,
        only_new,
        not_reached,  // Asked for then; what the other agent would have done by there is not known.
    };
    Kind kind = Kind::same;
    std::string type = {};
    std::string recorded_json = {};  // The arguments; empty where it was not asked for.
    std::string new_json = {};
    std::vector<ArgsChange> changes = {};
};
std::string_view to_text(CallDifference::Kind kind);

// A recorded turn beside what another agent made of it.
struct TurnDifference {
    std::vector<CallDifference> calls = {};  // The recorded ones in their order, then what is new.
    bool other_calls = false;
    bool other_words = false;  // Where both came to their end; else it is not known.
    bool unknown = false;      // The model could not be asked, or what was recorded is not known.
    std::string why_unknown = {};

    bool differs() const { return other_calls || other_words; }
};
TurnDifference difference_of(const RecordedTurn& turn, const Answer& answer);

}  // namespace lifeline::rerun
