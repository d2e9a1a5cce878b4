#pragma once

#include "base/result.h"
#include "contract/event.h"
#include "document/decide.h"

namespace lifeline::document {

// What follows from document.edit.requested: document.edited with the patch as it was applied,
// carried over what was done since its base; or document.edit.rejected where they cross, or where
// the base lies too far back to know. Refuses what is no patch, or cannot be applied to its base.
Result<Decision> edit(const State& state, const contract::Event& event, const Command& from);

}  // namespace lifeline::document
