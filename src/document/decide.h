#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contract/event.h"
#include "document/command.h"
#include "document/state.h"

namespace lifeline::document {

// An event that the server makes, with an id derived from the state: decided again after a crash,
// it is the very same.
struct ServerEvent {
    std::string id;
    contract::EventType type;
    std::string payload;
};

// The published event itself (for Publish) and then these, in one batch. Nothing at all means that
// it is so already.
struct Decision {
    std::vector<ServerEvent> events;
};

// The document's rules, pure. Refuses with a reason of schema/v1/errors.json; an edit that crosses
// a newer one is no refusal but an event, document.edit.rejected.
Result<Decision> decide(const State& state, const Command& command);

}  // namespace lifeline::document
