#pragma once

#include <span>
#include <string_view>

namespace lifeline::contract {

// Tells an event that is of none of these types (in the order of their names) without parsing it,
// which is most of what a view reads. True for one that is, and for one that only mentions it.
bool may_be_of(std::string_view event_json, std::span<const std::string_view> types);

}  // namespace lifeline::contract
