#pragma once

#include <string>
#include <string_view>

namespace lifeline::proof {

// What people call an event of a proof: "charge bu_1 of minutes, 2026-02-16T10:00Z". Also of one
// that was altered, so it says only what there is.
std::string name_of(std::string_view event_bytes);

}  // namespace lifeline::proof
