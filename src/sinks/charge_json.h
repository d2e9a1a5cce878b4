#pragma once

#include <string>
#include <string_view>

#include "sinks/charge.h"

namespace lifeline::contract {
class JsonWriter;
}

namespace lifeline::sinks {

// The event that the charge was made of.
std::string_view event_name(const Charge& charge);
// What our own formats (webhook, JSONL) say of a charge: the keys in their canonical order, numbers
// that may be long as text, what it has not left out.
void write_charge(contract::JsonWriter& json, const Charge& charge);

}  // namespace lifeline::sinks
