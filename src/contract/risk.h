#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeline::contract {

// How much an action can do that cannot be taken back, from the least to the most: `risk` of
// schema/v1/words.json. What nothing is known of is the last.
enum class Risk : std::uint8_t { read_only, low_risk_write, high_risk_external_send };

std::string_view to_text(Risk risk);  // "low_risk_write"
std::optional<Risk> risk_from(std::string_view text);

}  // namespace lifeline::contract
