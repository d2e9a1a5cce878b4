#pragma once

#include <optional>
#include <string>

#include "call/action.h"
#include "contract/event.h"
#include "whatif/comparison.h"

namespace lifeline::whatif {

// What safety.evaluated records of one judgement.
struct Evaluation {
    std::string action_id;
    Ruled ruled;
    std::string inputs_hash;  // Of all that it rested on.
    bool stopped = false;     // By hand, so that no policy was asked.
    bool in_vain = false;     // What it was to rest on did not come in time.
};
std::optional<Evaluation> read_evaluation(const contract::Event& event);

// The facts that it names, as the call's own fold reads them.
call::Facts facts_of(const contract::Event& event, const call::Action& action);

}  // namespace lifeline::whatif
