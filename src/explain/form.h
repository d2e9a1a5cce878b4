#pragma once

#include <string>
#include <string_view>

#include "explain/cast.h"

namespace lifeline::explain {

// A sentence with places that an event's payload fills:
//
//   {reason}          what stands there: a text, a number, or all of a list
//   {"summary}        words of somebody, in quotation marks
//   {@by.id}          a person, by their id; {@} is whoever sent the event
//   {~durationMs}     milliseconds, as people say them
//   {?held|yes|no}    one of two words
//   {#}               the event's type
//   [, by {@by}]      left out where anything in it is absent
//
// What is absent outside of brackets is "?".
std::string fill(std::string_view form, const Recorded& recorded, const Cast& cast);

}  // namespace lifeline::explain
