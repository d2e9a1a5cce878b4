#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contract/actor.h"
#include "contract/event.h"
#include "document/access.h"

namespace lifeline::document {

// Everything that can be asked of a document, whoever asks.

struct Create {
    std::string kind;
    std::string title;
    std::string owner_id;
    std::string account_id;
    std::string initial_json;  // An object; empty for none.
    std::string session_id;    // Shared with this call from the beginning; may be empty.
};

// document.edit.requested, by whatever door; its id is what it is known by.
struct Publish {
    contract::Event event;
};

struct SetShare {
    std::string with;
    bool with_call = false;
    ShareRole role = ShareRole::viewer;  // none: not any more.
};

// All contents of the document were destroyed, or are about to be: the record of it.
struct RecordErased {
    std::string event_id;  // Begins with ll_.
    std::string payload_json;
};

using Request = std::variant<Create, Publish, SetShare, RecordErased>;

struct Command {
    Request request;
    contract::Actor actor;
    Caller caller;
};

}  // namespace lifeline::document
