#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeline::metering {

// What one fact may say that was used, in base units, either way, and what a call may use of one
// kind. More is taken for unknown: nobody used it, and sums stay far from where integers end.
inline constexpr std::int64_t quantity_max = 9'000'000'000'000'000;

// A decimal integer as the contract writes quantities; nothing for anything else, or more than
// quantity_max.
std::optional<std::int64_t> parse_quantity(std::string_view text);

}  // namespace lifeline::metering
