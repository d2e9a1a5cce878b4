#pragma once

#include <string>
#include <string_view>

#include "explain/form.h"
#include "explain/story.h"

namespace lifeline::explain {

// How events of one type are told.
struct Sentence {
    contract::EventType type;
    Kind kind;
    Severity severity;
    std::string_view form;  // form.h; empty: it is not told by itself.
};

// Every type that a call's stream may have is told somehow; what this version does not know is told
// as the application's.
const Sentence& sentence_of(contract::EventType type);

// The event in one sentence; empty where it is not told by itself.
std::string say(const Recorded& recorded, const Cast& cast);

}  // namespace lifeline::explain
