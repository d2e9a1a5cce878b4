#pragma once

#include <cstdint>

#include "contract/event.h"

namespace lifeline::retention {

// What an event of a call is to an erasure.
enum class Content : std::uint8_t {
    none,     // Times, ids and counts: what a call looked like from outside, and what it cost.
    frame,    // What the call cannot be understood without. It goes last, and only where it says
              // more than that: a name, or the application's own words.
    name,     // Somebody's name, where it has one.
    speech,   // About one utterance.
    action,   // About one action, or the question whether it may be done.
    derived,  // Made from what several people said: it goes when any of theirs does.
    words,    // Whatever else its writer said.
};

// By its type. What is not known here has content, so that a type that is added later is erased
// before anybody thought of it.
Content content_of(const contract::Event& event);

}  // namespace lifeline::retention
